import type { RenditionRecord, RenditionStore } from '../jobs/ports.ts';
import { type DbClient, isWithoutParent } from './client.ts';

/** In which sizes recordings can be watched. */
export class DbRenditions implements RenditionStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async replace(recordingId: string, made: readonly RenditionRecord[]): Promise<boolean> {
    const data = made.map(({ bytes, ...rung }) => ({ recordingId, ...rung, bytes: BigInt(bytes) }));
    try {
      await this.#db.$transaction(async (db) => {
        await db.$queryRaw`SELECT 1 FROM recordings WHERE id = ${recordingId}::uuid FOR UPDATE`;
        await db.rendition.deleteMany({ where: { recordingId } });
        await db.rendition.createMany({ data });
        await db.recording.updateMany({ where: { id: recordingId }, data: { renditionsAt: new Date() } });
      });
    } catch (error) {
      if (isWithoutParent(error)) return false;
      throw error;
    }
    return (await this.#db.recording.count({ where: { id: recordingId } })) > 0;
  }

  async of(recordingIds: readonly string[]): Promise<ReadonlyMap<string, readonly RenditionRecord[]>> {
    const rows = await this.#db.rendition.findMany({
      where: { recordingId: { in: [...recordingIds] } },
      orderBy: { height: 'desc' },
    });
    const views = rows.map(({ bytes, ...row }) => ({ ...row, bytes: Number(bytes) }));
    return Map.groupBy(views, ({ recordingId }) => recordingId);
  }
}
