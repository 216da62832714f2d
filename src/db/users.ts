import type { User, UserStore } from '../accounts/ports.ts';
import { type DbClient, hasNul, isId } from './client.ts';

/** Any number: it only has to be the same for all who make an owner. */
const OWNER_LOCK = 0x0f5e_7001;

export class DbUsers implements UserStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async createOwner({ name, passwordHash }: { name: string; passwordHash: string }): Promise<User | undefined> {
    return await this.#db.$transaction(async (db) => {
      await db.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(${OWNER_LOCK}::bigint)`;
      if ((await db.user.findFirst({ select: { id: true } })) !== null) return undefined;
      const data = { name, nameKey: nameKey(name), passwordHash, role: 'owner' } as const;
      return await db.user.create({ data, select: userFields });
    });
  }

  async hasAny(): Promise<boolean> {
    return (await this.#db.user.findFirst({ select: { id: true } })) !== null;
  }

  async owner(): Promise<User | undefined> {
    const first = { where: { role: 'owner' }, orderBy: { id: 'asc' }, select: userFields } as const;
    return (await this.#db.user.findFirst(first)) ?? undefined;
  }

  async byName(name: string): Promise<User | undefined> {
    if (hasNul(name)) return undefined;
    return (await this.#db.user.findUnique({ where: { nameKey: nameKey(name) }, select: userFields })) ?? undefined;
  }

  async byId(id: string): Promise<User | undefined> {
    if (!isId(id)) return undefined;
    return (await this.#db.user.findUnique({ where: { id }, select: userFields })) ?? undefined;
  }
}

export const userFields = { id: true, name: true, role: true, passwordHash: true, disabledAt: true } as const;

/** Made here and not by the database, whose idea of case depends on how it was set up. */
const nameKey = (name: string) => name.normalize('NFKC').toLowerCase();
