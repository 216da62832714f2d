import type { AnalyticsStore, Audience, Point } from '../analytics/ports.ts';
import type { StreamHistoryRecord } from '../streams/ports.ts';
import { type DbClient, isId } from './client.ts';
import { presentAudience } from './stream-figures.ts';
import { recordOf, UNSHOWN } from './streams.ts';

/** Of a sample that was made coarser. */
const COARSE_SECONDS = 60;

export class DbAnalytics implements AnalyticsStore {
  readonly #db: DbClient;

  constructor(db: DbClient) {
    this.#db = db;
  }

  async audience(streamId: string): Promise<Audience | undefined> {
    const row = await this.#db.stream.findUnique({ where: { id: streamId }, select: { audience: true } });
    if (row?.audience) return audienceOf(row.audience);
    const [present] = await this.#db.$queryRaw<{ audience: unknown }[]>(presentAudience(streamId));
    return present && audienceOf(present.audience);
  }

  async coarsestSeconds(streamId: string): Promise<number> {
    const { _max } = await this.#db.viewerSample.aggregate({ where: { streamId }, _max: { spanSeconds: true } });
    return _max.spanSeconds ?? 0;
  }

  async points(streamId: string, stepSeconds: number): Promise<readonly Point[]> {
    // A sample tells of the time up to `at`.
    return await this.#db.$queryRaw<Point[]>`
      SELECT
        greatest(0, ceil(extract(epoch FROM sample.at - stream.started_at) / ${stepSeconds}::int) - 1)::int AS step,
        max(viewers) AS viewers,
        round(sum(ingest_bps::bigint * span_seconds) / sum(span_seconds))::float8 AS "ingestBps",
        round(sum(egress_bps * span_seconds) / sum(span_seconds))::float8 AS "egressBps",
        avg(loss_share) AS "lossShare",
        avg(frames_per_second) AS "framesPerSecond"
      FROM viewer_samples AS sample JOIN streams AS stream ON stream.id = sample.stream_id
      WHERE stream.id = ${streamId}::uuid
      GROUP BY 1 ORDER BY 1`;
  }

  async streams(
    channelId: string,
    { from, to }: { from: Date; to: Date },
    limit: number,
  ): Promise<readonly StreamHistoryRecord[]> {
    if (!isId(channelId)) return [];
    const rows = await this.#db.stream.findMany({
      where: { channelId, startedAt: { gte: from, lt: to } },
      orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
      take: limit,
      omit: UNSHOWN,
    });
    return await Promise.all(rows.map((row) => recordOf(this.#db, row)));
  }

  async thinSamples(before: Date, most: number): Promise<number> {
    const [{ thinned = 0 } = {}] = await this.#db.$queryRaw<{ thinned: number }[]>`
      WITH fine AS (
        SELECT stream_id, at FROM viewer_samples
        WHERE span_seconds < ${COARSE_SECONDS} AND at < ${before}
        ORDER BY at LIMIT ${most} FOR UPDATE SKIP LOCKED
      ), taken AS (
        DELETE FROM viewer_samples AS sample USING fine
        WHERE sample.stream_id = fine.stream_id AND sample.at = fine.at
        RETURNING sample.*
      ), coarse AS (
        INSERT INTO viewer_samples
          (stream_id, at, span_seconds, viewers, ingest_bps, egress_bps, loss_share, frames_per_second)
        SELECT
          stream_id, max(at), greatest(${COARSE_SECONDS}, sum(span_seconds)), max(viewers),
          round(sum(ingest_bps::bigint * span_seconds) / sum(span_seconds)),
          round(sum(egress_bps * span_seconds) / sum(span_seconds)),
          avg(loss_share), avg(frames_per_second)
        FROM taken GROUP BY stream_id, date_trunc('minute', at)
      )
      SELECT count(*)::int AS thinned FROM taken`;
    return thinned;
  }

  async forgetViewers(before: Date, most: number): Promise<number> {
    return await this.#db.$executeRaw`
      DELETE FROM viewer_sessions WHERE id IN (
        SELECT viewer.id FROM viewer_sessions AS viewer JOIN streams AS stream ON stream.id = viewer.stream_id
        WHERE stream.ended_at < ${before} AND stream.audience IS NOT NULL
        LIMIT ${most})`;
  }
}

/** Only `stream-figures.ts` makes them. */
function audienceOf(json: unknown): Audience {
  return json as Audience;
}
