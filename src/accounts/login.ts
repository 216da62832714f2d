import { hashSecret, mintSecret } from '../secrets.ts';
import { AccountChanges } from './changes.ts';
import { AccountError } from './errors.ts';
import { Passwords } from './passwords.ts';
import type { LoginRecord, LoginSessionStore, User, UserStore } from './ports.ts';

export const SESSION_SECONDS = 30 * 24 * 3600;
const SEEN_NOTED_EVERY_MS = 60_000;

export interface LoginOptions {
  readonly users: UserStore;
  readonly sessions: LoginSessionStore;
  readonly passwords?: Passwords;
  readonly changes?: AccountChanges;
  readonly now?: () => Date;
}

/** Names and passwords in, session tokens out; and who is logged in where. */
export class Login {
  readonly #users: UserStore;
  readonly #sessions: LoginSessionStore;
  readonly #passwords: Passwords;
  readonly #changes: AccountChanges;
  readonly #now: () => Date;

  constructor(options: LoginOptions) {
    const { users, sessions, passwords = new Passwords(), changes = new AccountChanges() } = options;
    this.#users = users;
    this.#sessions = sessions;
    this.#passwords = passwords;
    this.#changes = changes;
    this.#now = options.now ?? (() => new Date());
  }

  /**
   * Throws `bad_login`, in the same words and by the same way for an unknown name and a wrong password, and
   * `account_disabled` for whoever knows both.
   */
  async check(name: string, password: string): Promise<User> {
    const found = await this.#users.byName(name.trim());
    if (!(await this.#passwords.isRight(password, found?.passwordHash)) || !found) {
      throw new AccountError('bad_login', 'The name or the password is wrong.');
    }
    if (found.disabledAt !== null) {
      throw new AccountError('account_disabled', 'This account is disabled. The owner of the server can enable it.');
    }
    return found;
  }

  /** A session for a user who has proven himself. Returns its token. */
  async open(user: User, device = ''): Promise<string> {
    await this.#sessions.deleteExpired(this.#now());
    const { secret, hash } = mintSecret('');
    const expiresAt = new Date(this.#now().getTime() + SESSION_SECONDS * 1000);
    await this.#sessions.create({ userId: user.id, hash, expiresAt, device });
    return secret;
  }

  /** Whose token it is and in which session, if it is valid; that he was seen is noted. */
  async authenticate(token: string): Promise<{ user: User; session: LoginRecord } | undefined> {
    const now = this.#now();
    const found = await this.#sessions.byHash(hashSecret(token), now);
    if (found && now.getTime() - found.session.lastSeenAt.getTime() >= SEEN_NOTED_EVERY_MS) {
      await this.#sessions.seen(found.session.id, now);
    }
    return found;
  }

  list(userId: string, page: { limit: number; after?: string | undefined }): Promise<readonly LoginRecord[]> {
    return this.#sessions.list(userId, { ...page, now: this.#now() });
  }

  /** Idempotent. */
  async end(userId: string, sessionId: string): Promise<void> {
    await this.#sessions.end(userId, sessionId);
    this.#changes.tell(userId);
  }

  /** All of the account, or all but one. */
  async endAll(userId: string, exceptId?: string): Promise<void> {
    await this.#sessions.endAll(userId, exceptId);
    this.#changes.tell(userId);
  }

  async logout(token: string): Promise<void> {
    const hash = hashSecret(token);
    const found = await this.#sessions.byHash(hash, this.#now());
    await this.#sessions.delete(hash);
    if (found) this.#changes.tell(found.user.id);
  }
}
