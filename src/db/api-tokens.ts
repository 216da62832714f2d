import type { ApiTokenRecord, ApiTokenStore, User } from '../accounts/ports.ts';
import { bytes, type DbClient, isId } from './client.ts';
import { userFields } from './users.ts';

type NewApiToken = Parameters<ApiTokenStore['create']>[0];

export class DbApiTokens implements ApiTokenStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async create(token: NewApiToken): Promise<ApiTokenRecord> {
    return await this.#db.apiToken.create({ data: { ...token, hash: bytes(token.hash) }, select: tokenFields });
  }

  async list(
    userId: string,
    { limit, after }: Parameters<ApiTokenStore['list']>[1],
  ): Promise<readonly ApiTokenRecord[]> {
    if (after !== undefined && !isId(after)) return [];
    const where = { userId, ...(after !== undefined && { id: { lt: after } }) };
    return await this.#db.apiToken.findMany({ where, orderBy: { id: 'desc' }, take: limit, select: tokenFields });
  }

  async userByHash(hash: Uint8Array): Promise<User | undefined> {
    const where = { hash: bytes(hash) };
    const token = await this.#db.apiToken.findUnique({ where, select: { user: { select: userFields } } });
    return token?.user;
  }

  async delete(userId: string, tokenId: string): Promise<boolean> {
    if (!isId(tokenId)) return false;
    return (await this.#db.apiToken.deleteMany({ where: { id: tokenId, userId } })).count > 0;
  }
}

const tokenFields = { id: true, name: true, prefix: true, createdAt: true } as const;
