import type { InviteRecord, OneTimeLinkStore, User } from '../accounts/ports.ts';
import { bytes, type DbClient, isId, isTaken } from './client.ts';
import { nameKey, userFields } from './users.ts';

type Invited = Parameters<OneTimeLinkStore['accept']>[2];

export class DbOneTimeLinks implements OneTimeLinkStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async createInvite({ hash, ...invite }: Parameters<OneTimeLinkStore['createInvite']>[0]): Promise<InviteRecord> {
    return await this.#db.invite.create({ data: { ...invite, hash: bytes(hash) }, select: inviteFields });
  }

  async invites({ now, limit, after }: Parameters<OneTimeLinkStore['invites']>[0]): Promise<readonly InviteRecord[]> {
    const where = { expiresAt: { gt: now }, ...(after !== undefined && { id: { lt: after } }) };
    return await this.#db.invite.findMany({ where, orderBy: { id: 'desc' }, take: limit, select: inviteFields });
  }

  async deleteInvite(id: string): Promise<void> {
    if (isId(id)) await this.#db.invite.deleteMany({ where: { id } });
  }

  async isInvite(link: Uint8Array, now: Date): Promise<boolean> {
    const where = { hash: bytes(link), expiresAt: { gt: now } };
    return (await this.#db.invite.findUnique({ where, select: { id: true } })) !== null;
  }

  async accept(
    link: Uint8Array,
    now: Date,
    { name, passwordHash }: Invited,
  ): Promise<User | 'bad_link' | 'name_taken'> {
    try {
      return await this.#db.$transaction(async (db) => {
        const where = { hash: bytes(link), expiresAt: { gt: now } };
        const invite = await db.invite.findUnique({ where, select: { role: true } });
        // Of two who come at once, the second waits for the first here, and then finds nothing.
        const { count } = await db.invite.deleteMany({ where });
        if (invite === null || count === 0) return 'bad_link';
        const data = { name, nameKey: nameKey(name), passwordHash, role: invite.role };
        return await db.user.create({ data, select: userFields });
      });
    } catch (error) {
      if (isTaken(error)) return 'name_taken';
      throw error;
    }
  }

  async createReset({ userId, hash, expiresAt }: Parameters<OneTimeLinkStore['createReset']>[0]): Promise<void> {
    const fresh = { hash: bytes(hash), expiresAt };
    await this.#db.passwordReset.upsert({ where: { userId }, create: { userId, ...fresh }, update: fresh });
  }

  async resetOf(link: Uint8Array, now: Date): Promise<string | undefined> {
    const where = { hash: bytes(link), expiresAt: { gt: now } };
    return (await this.#db.passwordReset.findUnique({ where, select: { userId: true } }))?.userId;
  }

  async takeReset(link: Uint8Array): Promise<boolean> {
    return (await this.#db.passwordReset.deleteMany({ where: { hash: bytes(link) } })).count > 0;
  }

  async deleteExpired(now: Date): Promise<void> {
    const where = { expiresAt: { lte: now } };
    await this.#db.invite.deleteMany({ where });
    await this.#db.passwordReset.deleteMany({ where });
  }
}

const inviteFields = { id: true, role: true, createdAt: true, expiresAt: true } as const;
