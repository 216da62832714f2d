import type {
  MovingStore,
  RecordingEnd,
  RecordingPart,
  RecordingRecord,
  RecordingStart,
  RecordingStore,
  WaitingPart,
} from '../recording/ports.ts';
import { type DbClient, isId, isWithoutParent } from './client.ts';
import type { Prisma } from './generated/client.ts';

/** Of a recording that waits for somebody to encode it. */
const PATIENCE_MS = 3_600_000;

const withParts = { parts: { orderBy: { number: 'asc' } } } as const satisfies Prisma.RecordingInclude;

type Row = Prisma.RecordingGetPayload<{ include: typeof withParts }>;

export class DbRecordings implements RecordingStore, MovingStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async begin(recording: RecordingStart): Promise<void> {
    try {
      await this.#db.recording.create({ data: recording });
    } catch (error) {
      if (!isWithoutParent(error)) throw error; // the channel was deleted meanwhile
    }
  }

  async part(recordingId: string, { number, bytes, ...part }: RecordingPart): Promise<void> {
    const data = { ...part, bytes: BigInt(bytes) };
    try {
      await this.#db.recordingPart.upsert({
        where: { recordingId_number: { recordingId, number } },
        create: { recordingId, number, ...data },
        update: data,
      });
    } catch (error) {
      if (!isWithoutParent(error)) throw error;
    }
  }

  async end(recordingId: string, { state, problem, endedAt }: RecordingEnd): Promise<void> {
    await this.#db.recording.updateMany({
      where: { id: recordingId, state: 'recording' },
      data: { state, problem, endedAt },
    });
  }

  async leftOpen(): Promise<readonly RecordingRecord[]> {
    const rows = await this.#db.recording.findMany({ where: { state: 'recording' }, include: withParts });
    return rows.map(recordOf);
  }

  async abandoned(before: Date): Promise<readonly RecordingRecord[]> {
    const found = await this.#db.$queryRaw<{ id: string }[]>`
      SELECT own.id FROM recordings own LEFT JOIN streams stream ON stream.id = own.stream_id
      WHERE own.state = 'recording' AND own.started_at < ${before}
        AND (stream.id IS NULL OR stream.ended_at < ${before})`;
    const where = { id: { in: found.map(({ id }) => id) }, state: 'recording' } as const;
    return (await this.#db.recording.findMany({ where, include: withParts })).map(recordOf);
  }

  async known(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#db.recording.findMany({ where: { id: { in: [...ids] } }, select: { id: true } });
    return new Set(rows.map(({ id }) => id));
  }

  async byId(id: string): Promise<RecordingRecord | undefined> {
    const row = isId(id) ? await this.#db.recording.findUnique({ where: { id }, include: withParts }) : null;
    return row ? recordOf(row) : undefined;
  }

  async list(
    channelId: string,
    { limit, after }: { limit: number; after?: string },
  ): Promise<readonly RecordingRecord[]> {
    if (after !== undefined && !isId(after)) return [];
    const rows = await this.#db.recording.findMany({
      where: { channelId },
      orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
      take: limit,
      ...(after !== undefined && { cursor: { id: after }, skip: 1 }),
      include: withParts,
    });
    return rows.map(recordOf);
  }

  async oldestEnded(limit: number): Promise<readonly RecordingRecord[]> {
    const rows = await this.#db.recording.findMany({
      where: { state: { not: 'recording' } },
      orderBy: { startedAt: 'asc' },
      take: limit,
      include: withParts,
    });
    return rows.map(recordOf);
  }

  async totalBytes(): Promise<number> {
    const { _sum } = await this.#db.recordingPart.aggregate({ _sum: { bytes: true } });
    return Number(_sum.bytes ?? 0);
  }

  async waitingParts(limit: number, after?: WaitingPart): Promise<readonly WaitingPart[]> {
    // Who encodes it reads it here first; where nobody comes to do that, or who came is elsewhere, it waits no longer.
    const soon = { status: 'queued', attempt: 0, createdAt: { gt: new Date(Date.now() - PATIENCE_MS) } } as const;
    const where: Prisma.RecordingPartWhereInput = {
      inBucket: false,
      durationMs: { gt: 0 },
      recording: { state: { not: 'recording' }, jobs: { none: { OR: [{ status: 'running' }, soon] } } },
    };
    const { recordingId = '', number = 0 } = after ?? {};
    return this.#db.recordingPart.findMany({
      where: after
        ? { ...where, OR: [{ recordingId: { gt: recordingId } }, { recordingId, number: { gt: number } }] }
        : where,
      orderBy: [{ recordingId: 'asc' }, { number: 'asc' }],
      take: limit,
      select: { recordingId: true, number: true, file: true },
    });
  }

  async partMoved(recordingId: string, number: number): Promise<boolean> {
    const { count } = await this.#db.recordingPart.updateMany({
      where: { recordingId, number },
      data: { inBucket: true },
    });
    return count > 0;
  }

  /** By their rows: no file is looked at. */
  async keptBytes(): Promise<{ recordings: number; renditions: number; waiting: number }> {
    const [parts, waiting, renditions] = await Promise.all([
      this.#db.recordingPart.aggregate({ _sum: { bytes: true } }),
      this.#db.recordingPart.aggregate({ _sum: { bytes: true }, where: { inBucket: false, durationMs: { gt: 0 } } }),
      this.#db.rendition.aggregate({ _sum: { bytes: true } }),
    ]);
    return {
      recordings: Number(parts._sum.bytes ?? 0),
      renditions: Number(renditions._sum.bytes ?? 0),
      waiting: Number(waiting._sum.bytes ?? 0),
    };
  }

  /** False where it is gone meanwhile. */
  async picturesMade(id: string, picturesAt: Date): Promise<boolean> {
    return (await this.#db.recording.updateMany({ where: { id }, data: { picturesAt } })).count > 0;
  }

  async delete(id: string): Promise<boolean> {
    return isId(id) && (await this.#db.recording.deleteMany({ where: { id } })).count > 0;
  }
}

function recordOf({ parts, problem, ...row }: Row): RecordingRecord {
  return {
    ...row,
    problem: problem as RecordingRecord['problem'],
    parts: parts.map(({ recordingId: _, inBucket: _moved, videoCodec, bytes, ...part }) => ({
      ...part,
      videoCodec: videoCodec as RecordingPart['videoCodec'],
      bytes: Number(bytes),
    })),
  };
}
