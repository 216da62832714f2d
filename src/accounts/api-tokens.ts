import { hashSecret, mintSecret } from '../secrets.ts';
import { AccountError } from './errors.ts';
import type { ApiTokenRecord, ApiTokenStore, User } from './ports.ts';

const TOKEN_KIND = 'frt_';

/** Tokens that act for a user over the API. */
export class ApiTokens {
  readonly #store: ApiTokenStore;

  constructor({ store }: { store: ApiTokenStore }) {
    this.#store = store;
  }

  /** `token` is shown this once. */
  async create(userId: string, name: string): Promise<{ record: ApiTokenRecord; token: string }> {
    const { secret, prefix, hash } = mintSecret(TOKEN_KIND);
    return { record: await this.#store.create({ userId, name, prefix, hash }), token: secret };
  }

  list(...of: Parameters<ApiTokenStore['list']>): Promise<readonly ApiTokenRecord[]> {
    return this.#store.list(...of);
  }

  userOf(token: string): Promise<User | undefined> {
    if (!token.startsWith(TOKEN_KIND)) return Promise.resolve(undefined);
    return this.#store.userByHash(hashSecret(token));
  }

  /** Throws `no_token`. */
  async delete(userId: string, tokenId: string): Promise<void> {
    if (!(await this.#store.delete(userId, tokenId))) throw new AccountError('no_token', 'There is no such token.');
  }
}
