import { isSameSecret, mintSecret } from '../secrets.ts';
import { AccountError } from './errors.ts';
import { hashPassword, passwordProblem } from './passwords.ts';
import type { User, UserStore } from './ports.ts';

/** The first run: whoever holds the one-time token, which only the server's own output tells, makes the owner's account. */
export class SetUp {
  readonly #users: UserStore;
  #token: string | undefined;

  constructor({ users }: { users: UserStore }) {
    this.#users = users;
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
    const trimmed = name.trim();
    if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{1,39}$/u.test(trimmed)) {
      throw new AccountError(
        'bad_name',
        'The name must have 2 to 40 letters, digits, spaces, dots, hyphens or underscores.',
      );
    }
    const problem = passwordProblem(password, trimmed);
    if (problem !== undefined) throw new AccountError('bad_password', `The password ${problem}.`);
    const owner = await this.#users.createOwner({ name: trimmed, passwordHash: await hashPassword(password) });
    if (!owner) throw alreadySetUp();
    this.#token = undefined;
    return owner;
  }
}

function alreadySetUp(): AccountError {
  return new AccountError('already_set_up', 'This server has its owner already.');
}
