import type { RenditionRecord, RenditionRunPlace, RenditionStore } from '../jobs/ports.ts';
import { type DbClient, isWithoutParent } from './client.ts';

/** In which sizes recordings can be watched. */
export class DbRenditions implements RenditionStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async begin({ recordingId, run }: RenditionRunPlace): Promise<boolean> {
    try {
      await this.#db.renditionRun.create({ data: { recordingId, run } });
      return true;
    } catch (error) {
      if (isWithoutParent(error)) return false;
      throw error;
    }
  }

  async replace({ recordingId, run }: RenditionRunPlace, made: readonly RenditionRecord[]): Promise<boolean> {
    const now = new Date();
    const data = made.map(({ bytes, ...rung }) => ({ recordingId, ...rung, bytes: BigInt(bytes) }));
    try {
      await this.#db.$transaction(async (db) => {
        await db.$queryRaw`SELECT 1 FROM recordings WHERE id = ${recordingId}::uuid FOR UPDATE`;
        await db.rendition.deleteMany({ where: { recordingId } });
        await db.rendition.createMany({ data });
        const shown = { renditionsAt: now, renditionsRun: run };
        await db.recording.updateMany({ where: { id: recordingId }, data: shown });
        const others = { recordingId, run: { not: run }, retiredAt: null };
        await db.renditionRun.updateMany({ where: others, data: { retiredAt: now } });
      });
    } catch (error) {
      if (isWithoutParent(error)) return false;
      throw error;
    }
    return (await this.#db.recording.count({ where: { id: recordingId } })) > 0;
  }

  async outdated(before: Date, limit: number): Promise<readonly RenditionRunPlace[]> {
    return await this.#db.$queryRaw<RenditionRunPlace[]>`
      SELECT own.recording_id AS "recordingId", own.run FROM rendition_runs own
      JOIN recordings recording ON recording.id = own.recording_id
      WHERE own.created_at < ${before} AND coalesce(own.retired_at, own.created_at) < ${before}
        AND own.run IS DISTINCT FROM recording.renditions_run
      ORDER BY own.created_at LIMIT ${limit}`;
  }

  async forget({ recordingId, run }: RenditionRunPlace): Promise<void> {
    await this.#db.renditionRun.deleteMany({ where: { recordingId, run } });
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
