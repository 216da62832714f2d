import { hash, verify } from '@node-rs/argon2';

const MIN_CHARACTERS = 8;
const MAX_BYTES = 256;

/** Argon2id by OWASP's first choice: 19 MiB, two passes, one lane; some 20 ms. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** What is wrong with a new password, or `undefined`. */
export function passwordProblem(password: string, name: string): string | undefined {
  if ([...password].length < MIN_CHARACTERS) return `must have at least ${MIN_CHARACTERS} characters`;
  if (Buffer.byteLength(password) > MAX_BYTES) return `may have at most ${MAX_BYTES} bytes`;
  if (new Set(password).size < 3) return 'is too simple';
  if (password.toLowerCase() === name.toLowerCase()) return 'must not be the name';
  return undefined;
}

export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

export async function isPassword(password: string, passwordHash: string): Promise<boolean> {
  if (Buffer.byteLength(password) > MAX_BYTES) return false;
  return verify(passwordHash, password);
}
