import type { ApiTokenRecord, ApiTokenStore, NewApiToken, User } from '../accounts/ports.ts';
import { isScope, type Scope } from '../accounts/scopes.ts';
import { bytes, type DbClient, isId } from './client.ts';
import { userFields } from './users.ts';

export class DbApiTokens implements ApiTokenStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async create({ hash, scopes, ...token }: NewApiToken): Promise<ApiTokenRecord> {
    const data = { ...token, hash: bytes(hash), scopes: [...scopes] };
    return record(await this.#db.apiToken.create({ data, select: tokenFields }));
  }

  async list(
    userId: string,
    { limit, after }: Parameters<ApiTokenStore['list']>[1],
  ): Promise<readonly ApiTokenRecord[]> {
    if (after !== undefined && !isId(after)) return [];
    const where = { userId, ...(after !== undefined && { id: { lt: after } }) };
    const page = { where, orderBy: { id: 'desc' }, take: limit, select: tokenFields } as const;
    return (await this.#db.apiToken.findMany(page)).map(record);
  }

  async byId(userId: string, tokenId: string): Promise<ApiTokenRecord | undefined> {
    if (!isId(tokenId)) return undefined;
    const found = await this.#db.apiToken.findFirst({ where: { id: tokenId, userId }, select: tokenFields });
    return found ? record(found) : undefined;
  }

  async byHash(hash: Uint8Array, now: Date): Promise<{ token: ApiTokenRecord; user: User } | undefined> {
    const isValid = { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }], user: { disabledAt: null } };
    const found = await this.#db.apiToken.findUnique({
      where: { hash: bytes(hash), ...isValid },
      select: { ...tokenFields, user: { select: userFields } },
    });
    if (found === null) return undefined;
    const { user, ...token } = found;
    return { token: record(token), user };
  }

  async used(tokenId: string, at: Date): Promise<void> {
    await this.#db.apiToken.updateMany({ where: { id: tokenId }, data: { lastUsedAt: at } });
  }

  async delete(userId: string, tokenId: string): Promise<boolean> {
    if (!isId(tokenId)) return false;
    return (await this.#db.apiToken.deleteMany({ where: { id: tokenId, userId } })).count > 0;
  }

  async deleteAll(userId: string): Promise<void> {
    await this.#db.apiToken.deleteMany({ where: { userId } });
  }
}

const tokenFields = {
  id: true,
  name: true,
  prefix: true,
  scopes: true,
  createdAt: true,
  lastUsedAt: true,
  expiresAt: true,
} as const;

/** A scope that this version does not know gives nothing. */
function record({ scopes, ...token }: Omit<ApiTokenRecord, 'scopes'> & { scopes: string[] }): ApiTokenRecord {
  return { ...token, scopes: scopes.filter((name): name is Scope => isScope(name)) };
}
