import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A secret shown once. Only its hash is kept, and its first characters to tell it from others. */
export interface MintedSecret {
  readonly secret: string;
  readonly prefix: string;
  readonly hash: Uint8Array;
}

const SECRET_BYTES = 32;
const PREFIX_CHARACTERS = 6;

/** `kind` is what the secret starts with, so that a leaked one can be recognised: `fr_…`. */
export function mintSecret(kind: string): MintedSecret {
  const secret = `${kind}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { secret, prefix: secret.slice(0, kind.length + PREFIX_CHARACTERS), hash: hashSecret(secret) };
}

/** Plain SHA-256 is enough for secrets of 256 random bits, and rows are found by it. */
export function hashSecret(secret: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(secret).digest());
}

/** In constant time, whatever the lengths. */
export function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(hashSecret(a), hashSecret(b));
}
