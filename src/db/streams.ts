import type {
  CrashedStream,
  EndReason,
  StreamHistory,
  StreamHistoryRecord,
  StreamRecord,
  StreamStore,
  ViewerJoin,
  ViewerLeave,
} from '../streams/ports.ts';
import { type DbClient, isId, isWithoutParent } from './client.ts';
import type { Stream } from './generated/client.ts';

export class DbStreams implements StreamStore, StreamHistory {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  /** Ends what is still open on the channel: either its end is being written just now, or never will be. */
  async start({ id, channelId, title, startedAt }: StreamRecord): Promise<void> {
    try {
      await this.#db.$transaction([
        this.#db.$executeRaw`
          UPDATE streams SET ended_at = last_seen_at, end_reason = 'crash'
          WHERE channel_id = ${channelId}::uuid AND id <> ${id}::uuid AND ended_at IS NULL`,
        this.#db.stream.upsert({
          where: { id },
          create: { id, channelId, title, startedAt, lastSeenAt: startedAt },
          update: {},
        }),
      ]);
    } catch (error) {
      if (!isWithoutParent(error)) throw error; // the channel was deleted meanwhile
    }
  }

  async end(streamId: string, end: { at: Date; reason: EndReason; peakViewers: number }): Promise<void> {
    const { at, reason, peakViewers } = end;
    await this.#db.$transaction([
      this.#db.stream.updateMany({
        // `crash` is what others presume; this is who knows.
        where: { id: streamId, OR: [{ endedAt: null }, { endReason: 'crash' }] },
        data: { endedAt: at, endReason: reason, peakViewers, lastSeenAt: at },
      }),
      this.#db.viewerSession.updateMany({
        where: { streamId, leftAt: null },
        data: { leftAt: at, leaveReason: reason },
      }),
    ]);
  }

  async describe(
    streamId: string,
    codecs: StreamHistoryRecord['codecs'],
    size?: { width: number; height: number },
  ): Promise<void> {
    await this.#db.stream.updateMany({ where: { id: streamId }, data: { codecs: [...codecs], ...size } });
  }

  async viewersJoined(streamId: string, viewers: readonly ViewerJoin[]): Promise<void> {
    // As one value: Prisma keeps a plan in memory for each number of rows, or length of an array. The stream may have been
    // deleted with its channel meanwhile; some rows may have been written by an earlier try whose answer was lost.
    await this.#db.$executeRaw`
      INSERT INTO viewer_sessions (id, stream_id, joined_at)
      SELECT joining.id, stream.id, joining.at
      FROM streams AS stream, jsonb_to_recordset(${JSON.stringify(viewers)}::jsonb) AS joining (id uuid, at timestamptz)
      WHERE stream.id = ${streamId}::uuid
      FOR KEY SHARE OF stream
      ON CONFLICT DO NOTHING`;
  }

  async viewersLeft(viewers: readonly ViewerLeave[]): Promise<void> {
    await this.#db.$executeRaw`
      UPDATE viewer_sessions AS viewer SET left_at = leaving.at, leave_reason = leaving.reason
      FROM jsonb_to_recordset(${JSON.stringify(viewers)}::jsonb) AS leaving (id uuid, at timestamptz, reason end_reason)
      WHERE viewer.id = leaving.id AND viewer.left_at IS NULL`;
  }

  async heartbeat(streamIds: readonly string[], at: Date): Promise<void> {
    await this.#db.stream.updateMany({
      where: { id: { in: [...streamIds] }, endedAt: null },
      data: { lastSeenAt: at },
    });
  }

  async closeLeftOpen(seenBefore: Date | null = null): Promise<readonly CrashedStream[]> {
    const [streams] = await this.#db.$transaction([
      this.#db.$queryRaw<CrashedStream[]>`
        UPDATE streams s SET ended_at = last_seen_at, end_reason = 'crash' FROM channels c
        WHERE c.id = s.channel_id AND s.ended_at IS NULL
          AND (${seenBefore}::timestamptz IS NULL OR s.last_seen_at < ${seenBefore}::timestamptz)
        RETURNING s.id, s.channel_id AS "channelId", c.slug, s.title, s.started_at AS "startedAt", s.ended_at AS "endedAt"`,
      // A viewer may have come after the last heartbeat.
      this.#db.$executeRaw`
        UPDATE viewer_sessions v SET left_at = greatest(v.joined_at, s.ended_at), leave_reason = 'crash'
        FROM streams s WHERE s.id = v.stream_id AND v.left_at IS NULL AND s.ended_at IS NOT NULL`,
    ]);
    return streams;
  }

  async history(
    channelId: string,
    { limit, after }: { limit: number; after?: string },
  ): Promise<readonly StreamHistoryRecord[]> {
    if (!isId(channelId) || (after !== undefined && !isId(after))) return [];
    const rows = await this.#db.stream.findMany({
      where: { channelId },
      orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
      take: limit,
      ...(after !== undefined && { cursor: { id: after }, skip: 1 }),
    });
    return rows.map(toRecord);
  }

  async byId(streamId: string): Promise<StreamHistoryRecord | undefined> {
    if (!isId(streamId)) return undefined;
    const row = await this.#db.stream.findUnique({ where: { id: streamId } });
    return row === null ? undefined : toRecord(row);
  }
}

function toRecord({ lastSeenAt: _, codecs, ...row }: Stream): StreamHistoryRecord {
  // Only `describe` writes them.
  return { ...row, codecs: codecs as readonly string[] as StreamHistoryRecord['codecs'] };
}
