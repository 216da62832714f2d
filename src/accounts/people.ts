import type { AccountChanges } from './changes.ts';
import { AccountError, notSetUp } from './errors.ts';
import { nameTaken, readName } from './names.ts';
import type { Passwords } from './passwords.ts';
import type {
  ApiTokenStore,
  LoginSessionStore,
  Role,
  User,
  UserChange,
  UserChangeResult,
  UserQuery,
  UserRecord,
  UserStore,
} from './ports.ts';

export interface PeopleOptions {
  readonly users: UserStore;
  readonly sessions: LoginSessionStore;
  readonly apiTokens: ApiTokenStore;
  readonly passwords: Passwords;
  readonly changes: AccountChanges;
  /** Whether anybody may make an account. */
  readonly isOpen: boolean;
  readonly now?: () => Date;
}

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** The accounts of the server, for its owner and for each of them himself. There is always an owner who can log in. */
export class People {
  readonly isOpen: boolean;
  readonly #users: UserStore;
  readonly #sessions: LoginSessionStore;
  readonly #apiTokens: ApiTokenStore;
  readonly #passwords: Passwords;
  readonly #changes: AccountChanges;
  readonly #now: () => Date;

  constructor({ users, sessions, apiTokens, passwords, changes, isOpen, now = () => new Date() }: PeopleOptions) {
    this.isOpen = isOpen;
    this.#users = users;
    this.#sessions = sessions;
    this.#apiTokens = apiTokens;
    this.#passwords = passwords;
    this.#changes = changes;
    this.#now = now;
  }

  /** A viewer's account, made by himself. Throws `registration_closed` and as `add`. */
  async register(credentials: Credentials): Promise<User> {
    if (!this.isOpen) throw new AccountError('registration_closed', 'Accounts on this server are made by invitation.');
    return this.add({ ...credentials, role: 'viewer' });
  }

  /** Throws `not_set_up`, `bad_name`, `bad_password` and `name_taken`. */
  async add({ name: given, password, role }: Credentials & { readonly role: Role }): Promise<User> {
    // The first account is the owner's: whoever came before him would keep him out.
    if (!(await this.#users.hasAny())) throw notSetUp();
    const name = readName(given);
    const passwordHash = await this.#passwords.hash(password, name);
    const user = await this.#users.create({ name, passwordHash, role });
    if (!user) throw nameTaken();
    return user;
  }

  list(query: UserQuery): Promise<readonly UserRecord[]> {
    return this.#users.list(query);
  }

  /** Throws `no_user`. */
  async read(id: string): Promise<UserRecord> {
    return (await this.#users.record(id)) ?? absent();
  }

  /** Throws `no_user` and `last_owner`. Whoever is disabled is logged out everywhere, and his tokens are gone. */
  async change(id: string, { role, isDisabled }: { role?: Role | undefined; isDisabled?: boolean | undefined }) {
    const change: UserChange = {
      ...(role !== undefined && { role }),
      ...(isDisabled !== undefined && { disabledAt: isDisabled ? this.#now() : null }),
    };
    settle(await this.#users.change(id, change));
    if (isDisabled) await this.#logOutEverywhere(id);
    this.#changes.tell(id);
    return this.read(id);
  }

  /** With all that is his. Throws `no_user` and `last_owner`. */
  async delete(id: string): Promise<void> {
    settle(await this.#users.delete(id));
    this.#changes.tell(id);
  }

  /** Throws `bad_name` and `name_taken`. */
  async rename(user: User, given: string): Promise<User> {
    const name = readName(given);
    const result = await this.#users.change(user.id, { name });
    if (result === 'name_taken') throw nameTaken();
    settle(result);
    return { ...user, name };
  }

  /** Ends his other sessions. Throws `wrong_password` and `bad_password`. */
  async changePassword(
    user: User,
    {
      oldPassword,
      newPassword,
      sessionId,
    }: { oldPassword: string; newPassword: string; sessionId: string | undefined },
  ): Promise<void> {
    await this.#checkPassword(user, oldPassword);
    const passwordHash = await this.#passwords.hash(newPassword, user.name);
    settle(await this.#users.change(user.id, { passwordHash }));
    await this.#sessions.endAll(user.id, sessionId);
    this.#changes.tell(user.id);
  }

  /** Ends all his sessions. Throws `no_user` and `bad_password`. */
  async setPassword(id: string, password: string): Promise<void> {
    const { name } = await this.read(id);
    settle(await this.#users.change(id, { passwordHash: await this.#passwords.hash(password, name) }));
    await this.#sessions.endAll(id);
    this.#changes.tell(id);
  }

  /** Throws `wrong_password` and `last_owner`. */
  async leave(user: User, password: string): Promise<void> {
    await this.#checkPassword(user, password);
    await this.delete(user.id);
  }

  async #checkPassword(user: User, password: string): Promise<void> {
    if (await this.#passwords.isRight(password, user.passwordHash)) return;
    throw new AccountError('wrong_password', 'The password is wrong.');
  }

  async #logOutEverywhere(id: string): Promise<void> {
    await this.#sessions.endAll(id);
    await this.#apiTokens.deleteAll(id);
  }
}

function settle(result: UserChangeResult): void {
  if (result === 'absent') absent();
  if (result !== 'last_owner') return;
  throw new AccountError('last_owner', 'The server needs an owner who can log in, and this is the last one.');
}

function absent(): never {
  throw new AccountError('no_user', 'There is no such account.');
}
