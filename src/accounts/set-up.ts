import { isSameSecret, mintSecret } from '../secrets.ts';
import { AccountError } from './errors.ts';
import { readName } from './names.ts';
import { Passwords } from './passwords.ts';
import type { User, UserStore } from './ports.ts';

/** The first run: whoever holds the one-time token, which only the server's own output tells, makes the owner's account. */
export class SetUp {
  readonly #users: UserStore;
  readonly #passwords: Passwords;
  #token: string | undefined;

  constructor({ users, passwords = new Passwords() }: { users: UserStore; passwords?: Passwords }) {
    this.#users = users;
    this.#passwords = passwords;
  }

  /** The token for the link to print; `undefined` when there is an owner already. The same one as long as the process lives. */
  async token(): Promise<string | undefined> {
    if (await this.#users.hasAny()) {
      this.#token = undefined;
      return undefined;
    }
    this.#token ??= mintSecret('').secret;
    return this.#token;
  }

  async isNeeded(): Promise<boolean> {
    return !(await this.#users.hasAny());
  }

  /** Throws `bad_setup_token`. */
  checkToken(token: string): void {
    if (this.#token === undefined || !isSameSecret(token, this.#token)) {
      throw new AccountError(
        'bad_setup_token',
        'This set-up link is not valid. The server prints a new one when it starts.',
      );
    }
  }

  /** Throws `already_set_up`, `bad_name` and `bad_password`. Check the token first. */
  async createOwner({ name, password }: { name: string; password: string }): Promise<User> {
    if (!(await this.isNeeded())) throw alreadySetUp();
    const read = readName(name);
    const passwordHash = await this.#passwords.hash(password, read);
    const owner = await this.#users.createOwner({ name: read, passwordHash });
    if (!owner) throw alreadySetUp();
    this.#token = undefined;
    return owner;
  }
}

function alreadySetUp(): AccountError {
  return new AccountError('already_set_up', 'This server has its owner already.');
}
