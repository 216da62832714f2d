import { hashSecret, mintSecret } from '../secrets.ts';
import type { AccountChanges } from './changes.ts';
import { AccountError, notSetUp } from './errors.ts';
import { nameTaken, readName } from './names.ts';
import type { Passwords } from './passwords.ts';
import type { Credentials } from './people.ts';
import type { InviteRecord, LoginSessionStore, OneTimeLinkStore, Role, User, UserStore } from './ports.ts';

const INVITE_SECONDS = 7 * 24 * 3600;
const RESET_SECONDS = 24 * 3600;

export interface OneTimeLinksOptions {
  readonly store: OneTimeLinkStore;
  readonly users: UserStore;
  readonly sessions: LoginSessionStore;
  readonly passwords: Passwords;
  readonly changes: AccountChanges;
  readonly now?: () => Date;
}

/** Links that the owner hands out: one makes an account, one gives an account another password. Each works once. */
export class OneTimeLinks {
  readonly #store: OneTimeLinkStore;
  readonly #users: UserStore;
  readonly #sessions: LoginSessionStore;
  readonly #passwords: Passwords;
  readonly #changes: AccountChanges;
  readonly #now: () => Date;

  constructor({ store, users, sessions, passwords, changes, now = () => new Date() }: OneTimeLinksOptions) {
    this.#store = store;
    this.#users = users;
    this.#sessions = sessions;
    this.#passwords = passwords;
    this.#changes = changes;
    this.#now = now;
  }

  /** `token` is shown this once. Throws `not_set_up`. */
  async invite(role: Role, seconds = INVITE_SECONDS): Promise<{ record: InviteRecord; token: string }> {
    if (!(await this.#users.hasAny())) throw notSetUp();
    await this.#store.deleteExpired(this.#now());
    const { secret, hash } = mintSecret('');
    return { record: await this.#store.createInvite({ role, hash, expiresAt: this.#in(seconds) }), token: secret };
  }

  /** Those that still work. */
  invites(page: { limit: number; after?: string | undefined }): Promise<readonly InviteRecord[]> {
    return this.#store.invites({ ...page, now: this.#now() });
  }

  /** Idempotent. */
  revoke(inviteId: string): Promise<void> {
    return this.#store.deleteInvite(inviteId);
  }

  /** Throws `bad_link`, `bad_name`, `bad_password` and `name_taken`; the link is used up by none of them. */
  async accept(token: string, { name: given, password }: Credentials): Promise<User> {
    const link = hashSecret(token);
    if (!(await this.#store.isInvite(link, this.#now()))) throw badLink();
    const name = readName(given);
    const passwordHash = await this.#passwords.hash(password, name);
    const made = await this.#store.accept(link, this.#now(), { name, passwordHash });
    if (made === 'bad_link') throw badLink();
    if (made === 'name_taken') throw nameTaken();
    return made;
  }

  /** A new one takes the place of the one before. `token` is shown this once. Throws `no_user`. */
  async resetLink(userId: string): Promise<{ token: string; expiresAt: Date }> {
    if (!(await this.#users.byId(userId))) throw new AccountError('no_user', 'There is no such account.');
    const { secret, hash } = mintSecret('');
    const expiresAt = this.#in(RESET_SECONDS);
    await this.#store.createReset({ userId, hash, expiresAt });
    return { token: secret, expiresAt };
  }

  /** Ends all sessions of the account. Throws `bad_link` and `bad_password`. */
  async resetPassword(token: string, password: string): Promise<User> {
    const link = hashSecret(token);
    const userId = await this.#store.resetOf(link, this.#now());
    const user = userId === undefined ? undefined : await this.#users.byId(userId);
    if (!user || user.disabledAt !== null) throw badLink();
    const passwordHash = await this.#passwords.hash(password, user.name);
    // Two may come with it at once.
    if (!(await this.#store.takeReset(link))) throw badLink();
    await this.#users.change(user.id, { passwordHash });
    await this.#sessions.endAll(user.id);
    this.#changes.tell(user.id);
    return { ...user, passwordHash };
  }

  #in(seconds: number): Date {
    return new Date(this.#now().getTime() + seconds * 1000);
  }
}

function badLink(): AccountError {
  return new AccountError(
    'bad_link',
    'This link is not valid: it was used, revoked, or is too old. Ask for a new one.',
  );
}
