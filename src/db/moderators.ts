import type { Moderator, ModeratorStore } from '../channels/ports.ts';
import type { DbClient } from './client.ts';

export class DbModerators implements ModeratorStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async list(
    channelId: string,
    { limit, after }: Parameters<ModeratorStore['list']>[1],
  ): Promise<readonly Moderator[]> {
    const rows = await this.#db.channelModerator.findMany({
      where: { channelId, ...(after !== undefined && { id: { lt: after } }) },
      orderBy: { id: 'desc' },
      take: limit,
      select: { id: true, userId: true, createdAt: true, user: { select: { name: true } } },
    });
    return rows.map(({ createdAt, user, ...ids }) => ({ ...ids, name: user.name, since: createdAt }));
  }

  async has(channelId: string, userId: string): Promise<boolean> {
    const where = { channelId_userId: { channelId, userId } };
    return (await this.#db.channelModerator.findUnique({ where, select: { userId: true } })) !== null;
  }

  async add(channelId: string, userId: string): Promise<void> {
    await this.#db.channelModerator.createMany({ data: [{ channelId, userId }], skipDuplicates: true });
  }

  async remove(channelId: string, userId: string): Promise<void> {
    await this.#db.channelModerator.deleteMany({ where: { channelId, userId } });
  }
}
