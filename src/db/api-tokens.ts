import type { ApiTokenRecord, ApiTokenStore, HeldApiToken, NewApiToken, User } from '../accounts/ports.ts';
import { isScope, type Scope } from '../accounts/scopes.ts';
import { bytes, type DbClient, isId } from './client.ts';

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

  async listAll({ limit, after }: Parameters<ApiTokenStore['listAll']>[0]): Promise<readonly HeldApiToken[]> {
    if (after !== undefined && !isId(after)) return [];
    const where = after === undefined ? {} : { id: { lt: after } };
    const select = { ...tokenFields, user: { select: { id: true, name: true } } } as const;
    const rows = await this.#db.apiToken.findMany({ where, orderBy: { id: 'desc' }, take: limit, select });
    return rows.map(({ user, ...token }) => ({ ...record(token), user }));
  }

  async byId(userId: string, tokenId: string): Promise<ApiTokenRecord | undefined> {
    if (!isId(tokenId)) return undefined;
    const found = await this.#db.apiToken.findFirst({ where: { id: tokenId, userId }, select: tokenFields });
    return found ? record(found) : undefined;
  }

  /** One look for both: every request with a token asks this, and Prisma would look for the user by itself. */
  async byHash(hash: Uint8Array, now: Date): Promise<{ token: ApiTokenRecord; user: User } | undefined> {
    const [found] = await this.#db.$queryRaw<TokenOfUser[]>`
      SELECT
        token.id, token.name, token.prefix, token.scopes, token.created_at AS "createdAt",
        token.last_used_at AS "lastUsedAt", token.expires_at AS "expiresAt", holder.id AS "userId",
        holder.name AS "userName", holder.role::text AS role, holder.password_hash AS "passwordHash"
      FROM api_tokens AS token JOIN users AS holder ON holder.id = token.user_id
      WHERE token.hash = ${bytes(hash)} AND (token.expires_at IS NULL OR token.expires_at > ${now})
        AND holder.disabled_at IS NULL`;
    if (found === undefined) return undefined;
    const { userId, userName, role, passwordHash, ...token } = found;
    return { token: record(token), user: { id: userId, name: userName, role, passwordHash, disabledAt: null } };
  }

  async used(tokenId: string, at: Date): Promise<void> {
    await this.#db.apiToken.updateMany({ where: { id: tokenId }, data: { lastUsedAt: at } });
  }

  async delete(userId: string, tokenId: string): Promise<boolean> {
    if (!isId(tokenId)) return false;
    return (await this.#db.apiToken.deleteMany({ where: { id: tokenId, userId } })).count > 0;
  }

  async deleteAnyones(tokenId: string): Promise<string | undefined> {
    if (!isId(tokenId)) return undefined;
    const [gone] = await this.#db.$queryRaw<{ userId: string }[]>`
      DELETE FROM api_tokens WHERE id = ${tokenId}::uuid RETURNING user_id AS "userId"`;
    return gone?.userId;
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

type TokenOfUser = StoredToken &
  Pick<User, 'role' | 'passwordHash'> & { readonly userId: string; readonly userName: string };
type StoredToken = Omit<ApiTokenRecord, 'scopes'> & { scopes: string[] };

/** A scope that this version does not know gives nothing. */
function record({ scopes, ...token }: StoredToken): ApiTokenRecord {
  return { ...token, scopes: scopes.filter((name): name is Scope => isScope(name)) };
}
