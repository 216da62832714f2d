import { Prisma } from './generated/client.ts';

/** What viewer sessions tell of `stream`, a row in scope, as `viewed`. Who is still there has watched until now. */
const VIEWED = Prisma.sql`
  LATERAL (
    SELECT
      count(DISTINCT mark)::int AS unique_viewers,
      coalesce(round(sum(watched_ms) / 1000), 0)::bigint AS watch_seconds,
      jsonb_build_object(
        'sessions', count(*),
        'join', jsonb_build_object(
          'reports', count(join_ms),
          'p50Ms', percentile_disc(0.5) WITHIN GROUP (ORDER BY join_ms),
          'p95Ms', percentile_disc(0.95) WITHIN GROUP (ORDER BY join_ms)),
        'stalls', jsonb_build_object(
          'reports', count(stalls),
          'count', coalesce(sum(stalls), 0),
          'stalledMs', coalesce(sum(stalled_ms), 0),
          'watchedMs', coalesce(round(sum(watched_ms) FILTER (WHERE stalls IS NOT NULL)), 0)),
        'leaveReasons', ${countsBy(Prisma.sql`leave_reason::text`)},
        'clients', ${countsBy(Prisma.sql`client`)},
        'heights', ${countsBy(Prisma.sql`height::text`)}
      ) AS audience
    FROM (
      SELECT mark, join_ms, stalls, stalled_ms,
        greatest(0, extract(epoch FROM coalesce(left_at, now()) - joined_at) * 1000) AS watched_ms
      FROM viewer_sessions WHERE stream_id = stream.id
    ) AS watching
  ) AS viewed`;

/** What samples tell of it, as `measured`. */
const MEASURED = Prisma.sql`
  LATERAL (
    SELECT
      max(viewers) AS peak_viewers,
      max(ingest_bps) AS peak_ingest_bps,
      round(sum(ingest_bps::bigint * span_seconds) / nullif(sum(span_seconds) FILTER (WHERE ingest_bps > 0), 0))::int
        AS average_ingest_bps
    FROM viewer_samples WHERE stream_id = stream.id
  ) AS measured`;

/** The figures of a stream that goes on, as of now. */
export function presentFigures(streamId: string): Prisma.Sql {
  return Prisma.sql`
    SELECT
      greatest(stream.peak_viewers, measured.peak_viewers) AS "peakViewers",
      viewed.unique_viewers AS "uniqueViewers",
      viewed.watch_seconds AS "watchSeconds",
      measured.average_ingest_bps AS "averageIngestBps",
      measured.peak_ingest_bps AS "peakIngestBps"
    FROM streams AS stream, ${VIEWED}, ${MEASURED}
    WHERE stream.id = ${streamId}::uuid`;
}

export function presentAudience(streamId: string): Prisma.Sql {
  return Prisma.sql`SELECT viewed.audience FROM streams AS stream, ${VIEWED} WHERE stream.id = ${streamId}::uuid`;
}

/**
 * Sums up one stream, or all that ended and were not. From then on nobody can tell its visitors apart any more. What was
 * summed up before, at an end that was presumed, is not lost.
 */
export function sumUp(streamId?: string): Prisma.Sql {
  const which =
    streamId === undefined
      ? Prisma.sql`stream.ended_at IS NOT NULL AND stream.audience IS NULL`
      : Prisma.sql`stream.id = ${streamId}::uuid`;
  return Prisma.sql`
    WITH summed AS (
      UPDATE streams AS target SET
        peak_viewers = greatest(target.peak_viewers, measured.peak_viewers),
        unique_viewers = greatest(target.unique_viewers, viewed.unique_viewers),
        watch_seconds = viewed.watch_seconds,
        average_ingest_bps = measured.average_ingest_bps,
        peak_ingest_bps = measured.peak_ingest_bps,
        audience = viewed.audience
      FROM streams AS stream, ${VIEWED}, ${MEASURED}
      WHERE target.id = stream.id AND ${which}
      RETURNING target.id, target.peak_viewers
    ), forgotten AS (
      UPDATE viewer_sessions AS viewer SET mark = NULL
      FROM summed WHERE viewer.stream_id = summed.id AND viewer.mark IS NOT NULL
    )
    SELECT id, peak_viewers AS "peakViewers" FROM summed`;
}

function countsBy(column: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    SELECT coalesce(jsonb_object_agg(value, viewers), '{}')
    FROM (
      SELECT ${column} AS value, count(*) AS viewers FROM viewer_sessions
      WHERE stream_id = stream.id AND ${column} IS NOT NULL GROUP BY 1
    ) AS counted
  )`;
}
