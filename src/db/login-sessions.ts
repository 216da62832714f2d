import type { LoginSessionStore, User } from '../accounts/ports.ts';
import { bytes, type DbClient } from './client.ts';
import { userFields } from './users.ts';

export class DbLoginSessions implements LoginSessionStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async create({ userId, hash, expiresAt }: { userId: string; hash: Uint8Array; expiresAt: Date }): Promise<void> {
    await this.#db.loginSession.create({ data: { userId, hash: bytes(hash), expiresAt } });
  }

  async userByHash(hash: Uint8Array, now: Date): Promise<User | undefined> {
    const where = { hash: bytes(hash), expiresAt: { gt: now }, user: { disabledAt: null } };
    const session = await this.#db.loginSession.findUnique({ where, select: { user: { select: userFields } } });
    return session?.user;
  }

  async delete(hash: Uint8Array): Promise<void> {
    await this.#db.loginSession.deleteMany({ where: { hash: bytes(hash) } });
  }

  async deleteExpired(now: Date): Promise<number> {
    return (await this.#db.loginSession.deleteMany({ where: { expiresAt: { lte: now } } })).count;
  }
}
