import type { LoginRecord, LoginSessionStore, User } from '../accounts/ports.ts';
import { bytes, type DbClient, isId } from './client.ts';
import { userFields } from './users.ts';

export class DbLoginSessions implements LoginSessionStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async create({ hash, ...session }: Parameters<LoginSessionStore['create']>[0]): Promise<void> {
    await this.#db.loginSession.create({ data: { ...session, hash: bytes(hash) } });
  }

  async byHash(hash: Uint8Array, now: Date): Promise<{ user: User; session: LoginRecord } | undefined> {
    const found = await this.#db.loginSession.findUnique({
      where: { hash: bytes(hash), expiresAt: { gt: now }, user: { disabledAt: null } },
      select: { ...sessionFields, user: { select: userFields } },
    });
    if (found === null) return undefined;
    const { user, ...session } = found;
    return { user, session };
  }

  async seen(id: string, at: Date): Promise<void> {
    await this.#db.loginSession.updateMany({ where: { id }, data: { lastSeenAt: at } });
  }

  async list(
    userId: string,
    { now, limit, after }: Parameters<LoginSessionStore['list']>[1],
  ): Promise<readonly LoginRecord[]> {
    const where = { userId, expiresAt: { gt: now }, ...(after !== undefined && { id: { lt: after } }) };
    return await this.#db.loginSession.findMany({ where, orderBy: { id: 'desc' }, take: limit, select: sessionFields });
  }

  async end(userId: string, id: string): Promise<void> {
    if (isId(id)) await this.#db.loginSession.deleteMany({ where: { userId, id } });
  }

  async endAll(userId: string, exceptId?: string): Promise<void> {
    const where = { userId, ...(exceptId !== undefined && { id: { not: exceptId } }) };
    await this.#db.loginSession.deleteMany({ where });
  }

  async delete(hash: Uint8Array): Promise<void> {
    await this.#db.loginSession.deleteMany({ where: { hash: bytes(hash) } });
  }

  async deleteExpired(now: Date): Promise<number> {
    return (await this.#db.loginSession.deleteMany({ where: { expiresAt: { lte: now } } })).count;
  }
}

const sessionFields = { id: true, device: true, createdAt: true, lastSeenAt: true, expiresAt: true } as const;
