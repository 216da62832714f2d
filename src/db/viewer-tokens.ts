import type { ValidQuery, ViewerTokenDraft, ViewerTokenRecord, ViewerTokenStore } from '../channels/ports.ts';
import { type DbClient, isId } from './client.ts';

export class DbViewerTokens implements ViewerTokenStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async add(token: ViewerTokenDraft): Promise<ViewerTokenRecord> {
    return await this.#db.viewerToken.create({ data: token });
  }

  async find(channelId: string, id: string, now: Date): Promise<ViewerTokenRecord | undefined> {
    if (!isId(channelId) || !isId(id)) return undefined;
    return (await this.#db.viewerToken.findFirst({ where: { id, channelId, expiresAt: { gt: now } } })) ?? undefined;
  }

  async list(channelId: string, { now, limit, after }: ValidQuery): Promise<readonly ViewerTokenRecord[]> {
    if (after !== undefined && !isId(after)) return [];
    return await this.#db.viewerToken.findMany({
      where: { channelId, expiresAt: { gt: now }, ...(after !== undefined && { id: { lt: after } }) },
      orderBy: { id: 'desc' },
      take: limit,
    });
  }

  async delete(channelId: string, id: string): Promise<boolean> {
    if (!isId(id)) return false;
    return (await this.#db.viewerToken.deleteMany({ where: { id, channelId } })).count > 0;
  }

  async deleteAll(channelId: string): Promise<readonly string[]> {
    const rows = await this.#db.$queryRaw<{ id: string }[]>`
      DELETE FROM viewer_tokens WHERE channel_id = ${channelId}::uuid RETURNING id`;
    return rows.map(({ id }) => id);
  }

  async deleteExpired(now: Date): Promise<number> {
    return (await this.#db.viewerToken.deleteMany({ where: { expiresAt: { lte: now } } })).count;
  }
}
