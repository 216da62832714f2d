import type {
  CrashedStream,
  StreamHistory,
  StreamHistoryRecord,
  StreamRecord,
  StreamSample,
  StreamStore,
  ViewerJoin,
  ViewerLeave,
  ViewerPlay,
} from '../streams/ports.ts';
import { type DbClient, isId, isWithoutParent } from './client.ts';
import type { Stream } from './generated/client.ts';
import { presentFigures, sumUp } from './stream-figures.ts';

type PresentFigures = Pick<
  Stream,
  'peakViewers' | 'uniqueViewers' | 'watchSeconds' | 'averageIngestBps' | 'peakIngestBps'
>;

export class DbStreams implements StreamStore, StreamHistory {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async isThere(): Promise<boolean> {
    return await this.#db.$queryRaw`SELECT 1`.then(
      () => true,
      () => false,
    );
  }

  /** Ends what is still open on the channel: either its end is being written just now, or never will be. */
  async start({ id, channelId, title, startedAt }: StreamRecord): Promise<void> {
    try {
      await this.#db.$transaction([
        this.#db.$executeRaw`
          UPDATE streams SET ended_at = greatest(started_at, last_seen_at), end_reason = 'crash'
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

  /** Clocks are set back too: nothing ends before it begins. */
  async end(streamId: string, { at, reason, peakViewers }: Parameters<StreamStore['end']>[1]): Promise<void> {
    await this.#db.$transaction([
      // `crash` is what others presume; this is who knows.
      this.#db.$executeRaw`
        UPDATE streams SET
          ended_at = greatest(started_at, ${at}), last_seen_at = ${at}, end_reason = ${reason}::end_reason,
          peak_viewers = ${peakViewers}
        WHERE id = ${streamId}::uuid AND (ended_at IS NULL OR end_reason = 'crash')`,
      this.#db.$executeRaw`
        UPDATE viewer_sessions SET left_at = greatest(joined_at, ${at}), leave_reason = ${reason}::end_reason
        WHERE stream_id = ${streamId}::uuid AND left_at IS NULL`,
      this.#db.$queryRaw(sumUp(streamId)),
    ]);
  }

  async describe(
    streamId: string,
    codecs: StreamHistoryRecord['codecs'],
    size?: { width: number; height: number },
  ): Promise<void> {
    const { width = null, height = null } = size ?? {};
    await this.#db.$executeRaw`
      UPDATE streams AS stream SET
        codecs = string_to_array(${codecs.join()}, ','),
        width = coalesce(size.width, stream.width),
        height = coalesce(size.height, stream.height),
        max_width = CASE WHEN size.is_largest THEN size.width ELSE stream.max_width END,
        max_height = CASE WHEN size.is_largest THEN size.height ELSE stream.max_height END
      FROM (
        SELECT sent.*, sent.width * sent.height > coalesce(before.max_width * before.max_height, 0) AS is_largest
        FROM (SELECT ${width}::int AS width, ${height}::int AS height) AS sent, streams AS before
        WHERE before.id = ${streamId}::uuid
      ) AS size
      WHERE stream.id = ${streamId}::uuid`;
  }

  async viewersJoined(streamId: string, viewers: readonly ViewerJoin[]): Promise<void> {
    // As one value: Prisma keeps a plan in memory for each number of rows, or length of an array. The stream may have been
    // deleted with its channel meanwhile; some rows may have been written by an earlier try whose answer was lost.
    await this.#db.$executeRaw`
      INSERT INTO viewer_sessions (id, stream_id, joined_at, client, mark)
      SELECT joining.id, stream.id, joining.at, joining.client,
        CASE WHEN stream.ended_at IS NULL THEN decode(joining.mark, 'hex') END
      FROM streams AS stream, jsonb_to_recordset(${JSON.stringify(viewers)}::jsonb)
        AS joining (id uuid, at timestamptz, client text, mark text)
      WHERE stream.id = ${streamId}::uuid
      FOR KEY SHARE OF stream
      ON CONFLICT DO NOTHING`;
  }

  async viewersLeft(viewers: readonly ViewerLeave[]): Promise<void> {
    await this.#db.$executeRaw`
      UPDATE viewer_sessions AS viewer SET left_at = greatest(viewer.joined_at, leaving.at), leave_reason = leaving.reason
      FROM jsonb_to_recordset(${JSON.stringify(viewers)}::jsonb) AS leaving (id uuid, at timestamptz, reason end_reason)
      WHERE viewer.id = leaving.id AND viewer.left_at IS NULL`;
  }

  async viewersPlayed(viewers: readonly ViewerPlay[]): Promise<void> {
    await this.#db.$executeRaw`
      UPDATE viewer_sessions AS viewer
      SET join_ms = told."joinMs", stalls = told.stalls, stalled_ms = told."stalledMs", height = told.height
      FROM jsonb_to_recordset(${JSON.stringify(viewers)}::jsonb)
        AS told (id uuid, "joinMs" int, stalls int, "stalledMs" int, height int)
      WHERE viewer.id = told.id`;
  }

  async addSamples(samples: readonly StreamSample[]): Promise<void> {
    await this.#db.$executeRaw`
      INSERT INTO viewer_samples
        (stream_id, at, span_seconds, viewers, ingest_bps, egress_bps, loss_share, frames_per_second)
      SELECT
        stream.id, sample.at, sample."spanSeconds", sample.viewers, sample."ingestBps", sample."egressBps",
        sample."lossShare", sample."framesPerSecond"
      FROM streams AS stream, jsonb_to_recordset(${JSON.stringify(samples)}::jsonb) AS sample (
        "streamId" uuid, at timestamptz, "spanSeconds" int, viewers int, "ingestBps" int, "egressBps" bigint,
        "lossShare" float8, "framesPerSecond" float8)
      WHERE stream.id = sample."streamId"
      FOR KEY SHARE OF stream
      ON CONFLICT DO NOTHING`;
  }

  async heartbeat(streamIds: readonly string[], at: Date): Promise<void> {
    await this.#db.stream.updateMany({
      where: { id: { in: [...streamIds] }, endedAt: null },
      data: { lastSeenAt: at },
    });
  }

  async closeLeftOpen(seenBefore: Date | null = null): Promise<readonly CrashedStream[]> {
    const [streams, , summed] = await this.#db.$transaction([
      this.#db.$queryRaw<Omit<CrashedStream, 'peakViewers'>[]>`
        UPDATE streams s SET ended_at = greatest(started_at, last_seen_at), end_reason = 'crash' FROM channels c
        WHERE c.id = s.channel_id AND s.ended_at IS NULL
          AND (${seenBefore}::timestamptz IS NULL OR s.last_seen_at < ${seenBefore}::timestamptz)
        RETURNING s.id, s.channel_id AS "channelId", c.slug, s.title, s.started_at AS "startedAt", s.ended_at AS "endedAt"`,
      // A viewer may have come after the last heartbeat.
      this.#db.$executeRaw`
        UPDATE viewer_sessions v SET left_at = greatest(v.joined_at, s.ended_at), leave_reason = 'crash'
        FROM streams s WHERE s.id = v.stream_id AND v.left_at IS NULL AND s.ended_at IS NOT NULL`,
      this.#db.$queryRaw<{ id: string; peakViewers: number }[]>(sumUp()),
    ]);
    const peaks = new Map(summed.map(({ id, peakViewers }) => [id, peakViewers]));
    return streams.map((stream) => ({ ...stream, peakViewers: peaks.get(stream.id) ?? 0 }));
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
      omit: UNSHOWN,
    });
    return await Promise.all(rows.map((row) => recordOf(this.#db, row)));
  }

  async lastEnds(channelIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    const found = await this.#db.stream.groupBy({
      by: ['channelId'],
      where: { channelId: { in: channelIds.filter(isId) }, endedAt: { not: null } },
      _max: { endedAt: true },
    });
    return new Map(
      found.flatMap(({ channelId, _max: { endedAt } }) => (endedAt ? [[channelId, endedAt] as const] : [])),
    );
  }

  async byId(streamId: string): Promise<StreamHistoryRecord | undefined> {
    if (!isId(streamId)) return undefined;
    const row = await this.#db.stream.findUnique({
      where: { id: streamId },
      omit: UNSHOWN,
    });
    return row === null ? undefined : await recordOf(this.#db, row);
  }

  async delete(streamId: string): Promise<boolean> {
    const { count } = await this.#db.stream.deleteMany({ where: { id: streamId, endedAt: { not: null } } });
    return count > 0 || (await this.#db.stream.count({ where: { id: streamId } })) === 0;
  }
}

/** What a record leaves out of its row. */
export const UNSHOWN = { audience: true, lastSeenAt: true } as const;

/** Of a stream that goes on, with its figures as of now. */
export async function recordOf(db: DbClient, row: Omit<Stream, keyof typeof UNSHOWN>): Promise<StreamHistoryRecord> {
  const [present] = row.endedAt === null ? await db.$queryRaw<PresentFigures[]>(presentFigures(row.id)) : [];
  return {
    ...row,
    ...present,
    watchSeconds: Number(present?.watchSeconds ?? row.watchSeconds),
    // Only `describe` writes them.
    codecs: row.codecs as readonly string[] as StreamHistoryRecord['codecs'],
  };
}
