import { hash, verify } from '@node-rs/argon2';
import { mintSecret } from '../secrets.ts';
import { AccountError } from './errors.ts';

const MIN_CHARACTERS = 8;
const MAX_BYTES = 256;

/** Argon2id by OWASP's first choice: 19 MiB, two passes, one lane; some 20 ms. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Argon2 takes memory and a thread each, so a flood of logins waits here rather than starving the server. */
const MAX_AT_ONCE = 2;
const MAX_WAITING = 20;

export interface PasswordHashing {
  readonly hash: (password: string) => Promise<string>;
  readonly verify: (passwordHash: string, password: string) => Promise<boolean>;
}

/** What is no hash fits nothing. */
const argon2: PasswordHashing = {
  hash: (password) => hash(password, COST),
  verify: (kept, given) => verify(kept, given).catch(() => false),
};

/** What becomes of passwords, a few at a time. */
export class Passwords {
  readonly #hashing: PasswordHashing;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #decoyHash: Promise<string> | undefined;

  constructor(hashing: PasswordHashing = argon2) {
    this.#hashing = hashing;
  }

  /** The hash to keep of a new one. Throws `bad_password` and `too_many_logins`. */
  async hash(password: string, name: string): Promise<string> {
    const problem = passwordProblem(password, name);
    if (problem !== undefined) throw new AccountError('bad_password', `The password ${problem}.`);
    return this.#inTurn(() => this.#hashing.hash(password));
  }

  /** One verification each time, also against nothing: how long it takes tells nothing. Throws `too_many_logins`. */
  async isRight(password: string, passwordHash: string | undefined): Promise<boolean> {
    const given = Buffer.byteLength(password) > MAX_BYTES ? '' : password;
    return this.#inTurn(async () => {
      const kept = passwordHash ?? (await this.#decoy());
      return (await this.#hashing.verify(kept, given)) && passwordHash !== undefined;
    });
  }

  #decoy(): Promise<string> {
    this.#decoyHash ??= this.#hashing.hash(mintSecret('').secret);
    return this.#decoyHash;
  }

  async #inTurn<T>(action: () => Promise<T>): Promise<T> {
    if (this.#running >= MAX_AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) {
        throw new AccountError('too_many_logins', 'Too many people log in at this moment. Try again shortly.');
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await action();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

/** What is wrong with a new password, or `undefined`. */
function passwordProblem(password: string, name: string): string | undefined {
  if ([...password].length < MIN_CHARACTERS) return `must have at least ${MIN_CHARACTERS} characters`;
  if (Buffer.byteLength(password) > MAX_BYTES) return `may have at most ${MAX_BYTES} bytes`;
  if (new Set(password).size < 3) return 'is too simple';
  if (password.toLowerCase() === name.toLowerCase()) return 'must not be the name';
  return undefined;
}
