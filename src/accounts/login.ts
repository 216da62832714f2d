import { hashSecret, mintSecret } from '../secrets.ts';
import { AccountError } from './errors.ts';
import { hashPassword, isPassword } from './passwords.ts';
import type { LoginSessionStore, User, UserStore } from './ports.ts';

export const SESSION_SECONDS = 30 * 24 * 3600;

/** Argon2 takes memory and a thread each, so a flood of logins waits here rather than starving the server. */
const MAX_AT_ONCE = 2;
const MAX_WAITING = 20;

export interface LoginOptions {
  readonly users: UserStore;
  readonly sessions: LoginSessionStore;
  readonly now?: () => Date;
}

/** Names and passwords in, session tokens out. */
export class Login {
  readonly #users: UserStore;
  readonly #sessions: LoginSessionStore;
  readonly #now: () => Date;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #decoyHash: Promise<string> | undefined;

  constructor({ users, sessions, now = () => new Date() }: LoginOptions) {
    this.#users = users;
    this.#sessions = sessions;
    this.#now = now;
  }

  /** Throws `bad_login`: in the same words and the same time for an unknown name and a wrong password. */
  async login(name: string, password: string): Promise<{ user: User; token: string }> {
    const user = await this.#inTurn(async () => {
      const found = await this.#users.byName(name.trim());
      const isRight = await isPassword(password, found?.passwordHash ?? (await this.#decoy()));
      return isRight ? found : undefined;
    });
    if (!user) throw new AccountError('bad_login', 'The name or the password is wrong.');
    return { user, token: await this.open(user) };
  }

  /** A session for a user who has proven himself in another way. Returns its token. */
  async open(user: User): Promise<string> {
    await this.#sessions.deleteExpired(this.#now());
    const { secret, hash } = mintSecret('');
    const expiresAt = new Date(this.#now().getTime() + SESSION_SECONDS * 1000);
    await this.#sessions.create({ userId: user.id, hash, expiresAt });
    return secret;
  }

  userOf(token: string): Promise<User | undefined> {
    return this.#sessions.userByHash(hashSecret(token), this.#now());
  }

  logout(token: string): Promise<void> {
    return this.#sessions.delete(hashSecret(token));
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

  #decoy(): Promise<string> {
    this.#decoyHash ??= hashPassword(mintSecret('').secret);
    return this.#decoyHash;
  }
}
