import type { User, UserChange, UserChangeResult, UserQuery, UserRecord, UserStore } from '../accounts/ports.ts';
import { type DbClient, hasNul, isId, isTaken, literally } from './client.ts';
import type { Prisma } from './generated/client.ts';

/** Any number: it only has to be the same for all who make, change or remove an owner. */
const OWNER_LOCK = 0x0f5e_7001;

type NewUser = Parameters<UserStore['create']>[0];

export class DbUsers implements UserStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async createOwner({ name, passwordHash }: { name: string; passwordHash: string }): Promise<User | undefined> {
    return await this.#db.$transaction(async (db) => {
      await lockOwners(db);
      if ((await db.user.findFirst({ select: { id: true } })) !== null) return undefined;
      const data = { name, nameKey: nameKey(name), passwordHash, role: 'owner' } as const;
      return await db.user.create({ data, select: userFields });
    });
  }

  async create({ name, passwordHash, role }: NewUser): Promise<User | undefined> {
    const data = { name, nameKey: nameKey(name), passwordHash, role };
    return await this.#db.user.create({ data, select: userFields }).catch((error: unknown) => {
      if (isTaken(error)) return undefined;
      throw error;
    });
  }

  async hasAny(): Promise<boolean> {
    return (await this.#db.user.findFirst({ select: { id: true } })) !== null;
  }

  async owner(): Promise<User | undefined> {
    const first = { where: { role: 'owner', disabledAt: null }, orderBy: { id: 'asc' }, select: userFields } as const;
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

  async record(id: string): Promise<UserRecord | undefined> {
    const row = isId(id) ? await this.#db.user.findUnique({ where: { id }, select: recordFields }) : null;
    return row === null ? undefined : record(row);
  }

  async list({ limit, after, text }: UserQuery): Promise<readonly UserRecord[]> {
    const rows = await this.#db.user.findMany({
      where: {
        ...(after !== undefined && { id: { lt: after } }),
        ...(text !== undefined && { nameKey: { contains: literally(nameKey(text)) } }),
      },
      orderBy: { id: 'desc' },
      take: limit,
      select: recordFields,
    });
    return rows.map(record);
  }

  async change(id: string, { name, ...change }: UserChange): Promise<UserChangeResult> {
    const data = { ...change, ...(name !== undefined && { name, nameKey: nameKey(name) }) };
    const endsOwner = change.disabledAt != null || (change.role !== undefined && change.role !== 'owner');
    try {
      return await this.#unlessLast(id, endsOwner, async (db) => {
        await db.user.update({ where: { id }, data });
      });
    } catch (error) {
      if (isTaken(error)) return 'name_taken';
      throw error;
    }
  }

  async delete(id: string): Promise<UserChangeResult> {
    return await this.#unlessLast(id, true, async (db) => {
      await db.user.delete({ where: { id } });
    });
  }

  /** One at a time: of the last two owners who leave at once, one stays. */
  async #unlessLast(
    id: string,
    endsOwner: boolean,
    act: (db: Prisma.TransactionClient) => Promise<void>,
  ): Promise<UserChangeResult> {
    if (!isId(id)) return 'absent';
    return await this.#db.$transaction(async (db) => {
      await lockOwners(db);
      const user = await db.user.findUnique({ where: { id }, select: { role: true, disabledAt: true } });
      if (user === null) return 'absent';
      if (endsOwner && user.role === 'owner' && user.disabledAt === null) {
        const others = { role: 'owner', disabledAt: null, id: { not: id } } as const;
        if ((await db.user.findFirst({ where: others, select: { id: true } })) === null) return 'last_owner';
      }
      await act(db);
      return 'done';
    });
  }
}

async function lockOwners(db: Prisma.TransactionClient): Promise<void> {
  await db.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(${OWNER_LOCK}::bigint)`;
}

export const userFields = { id: true, name: true, role: true, passwordHash: true, disabledAt: true } as const;

const recordFields = {
  id: true,
  name: true,
  role: true,
  disabledAt: true,
  createdAt: true,
  _count: { select: { channels: true } },
} as const;

function record({
  _count,
  ...user
}: Omit<UserRecord, 'channels'> & { readonly _count: { readonly channels: number } }): UserRecord {
  return { ...user, channels: _count.channels };
}

/** Made here and not by the database, whose idea of case depends on how it was set up. */
export const nameKey = (name: string) => name.normalize('NFKC').toLowerCase();
