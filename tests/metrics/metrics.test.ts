import { describe, expect, it } from 'vitest';
import type { DatabaseReport } from '../../src/db/ports.ts';
import { spreadsOf } from '../../src/media/spread.ts';
import type { ThreadReport } from '../../src/media/stats.ts';
import { Metrics } from '../../src/metrics/metrics.ts';

const busy: ThreadReport = {
  thread: 0,
  isUp: true,
  publishers: 1,
  viewers: 40,
  received: { datagrams: 1000, bytes: 900_000 },
  sent: { datagrams: 40_000, bytes: 36_000_000 },
  unsent: 3,
  refused: 2,
  overruns: 1,
  ingest: { nacked: 7, resent: 6, keyframeRequests: 5 },
  egress: { nacked: 70, resent: 60, keyframeRequests: 50 },
  spreads: spreadsOf([
    { kind: 'viewer', roundTripMs: 40, nacked: 0, keyframeRequests: 0, choice: { reason: 'auto' }, tracks: [] },
    { kind: 'viewer', nacked: 0, keyframeRequests: 0, choice: { reason: 'pinned' }, tracks: [] },
  ]),
  busySeconds: 12.5,
  loopDelayMs: { median: 0.5, p99: 4, max: 20 },
};

let reports: readonly ThreadReport[] = [];

const idle = { streams: () => ({ live: 2, reconnecting: 1, viewers: 40 }), media: async () => reports };

function fresh(): Metrics {
  reports = [busy];
  const metrics = new Metrics();
  metrics.watch(idle);
  return metrics;
}

const lines = async (metrics: Metrics) => (await metrics.text()).split('\n');

describe('metrics', () => {
  it('tell what is on', async () => {
    const text = await lines(fresh());
    expect(text).toContain('freshet_streams{state="live"} 2');
    expect(text).toContain('freshet_streams{state="reconnecting"} 1');
    expect(text).toContain('freshet_viewers 40');
  });

  it('tell what each media thread has done', async () => {
    const text = await lines(fresh());
    expect(text).toContain('freshet_media_thread_up{thread="0"} 1');
    expect(text).toContain('freshet_media_sessions{thread="0",kind="viewer"} 40');
    expect(text).toContain('freshet_media_sent_bytes_total{thread="0"} 36000000');
    expect(text).toContain('freshet_media_received_datagrams_total{thread="0"} 1000');
    expect(text).toContain('freshet_media_dropped_total{thread="0",reason="unsent"} 3');
    expect(text).toContain('freshet_media_dropped_total{thread="0",reason="refused"} 2');
    expect(text).toContain('freshet_media_dropped_total{thread="0",reason="overrun"} 1');
    expect(text).toContain('freshet_media_ingest_recovered_total{thread="0"} 6');
    expect(text).toContain('freshet_media_egress_plis_total{thread="0"} 50');
    expect(text).toContain('freshet_media_busy_seconds_total{thread="0"} 12.5');
    expect(text).toContain('freshet_media_loop_delay_seconds{thread="0",quantile="0.99"} 0.004');
  });

  it('tell how sessions fare, by how many of them and never by which', async () => {
    const text = await lines(fresh());
    expect(text).toContain('freshet_media_viewer_round_trip_seconds{thread="0",le="0.025"} 0');
    expect(text).toContain('freshet_media_viewer_round_trip_seconds{thread="0",le="0.05"} 1');
    expect(text).toContain('freshet_media_viewer_round_trip_seconds{thread="0",le="+Inf"} 1');
    expect(text).toContain('freshet_media_viewers_by_choice{thread="0",reason="pinned"} 1');
  });

  it('forget viewers who left', async () => {
    const metrics = fresh();
    await metrics.text();
    reports = [{ ...busy, spreads: spreadsOf([]) }];
    expect((await metrics.text()).match(/^freshet_media_viewers_by_choice.*/gm)).toBeNull();
  });

  it('do not add what a thread has counted once more with each scrape', async () => {
    const metrics = fresh();
    await metrics.text();
    expect(await lines(metrics)).toContain('freshet_media_received_bytes_total{thread="0"} 900000');
  });

  it('say of a dead thread that it is down, and begin anew with its successor', async () => {
    const metrics = fresh();
    await metrics.text();
    reports = [{ thread: 0, isUp: false }];
    expect(await lines(metrics)).toContain('freshet_media_thread_up{thread="0"} 0');
    reports = [{ ...busy, received: { datagrams: 1, bytes: 100 } }];
    expect(await lines(metrics)).toContain('freshet_media_received_bytes_total{thread="0"} 100');
  });

  it('count sessions from their POST to their end', async () => {
    const metrics = fresh();
    metrics.sessions.opened('viewer');
    metrics.sessions.connected('viewer', 30);
    metrics.sessions.ended('viewer', 'consent_lapsed');
    const text = await lines(metrics);
    expect(text).toContain('freshet_sessions_opened_total{kind="viewer"} 1');
    expect(text).toContain('freshet_sessions_opened_total{kind="publisher"} 0');
    expect(text).toContain('freshet_session_connect_seconds_bucket{le="0.025",kind="viewer"} 0');
    expect(text).toContain('freshet_session_connect_seconds_bucket{le="0.05",kind="viewer"} 1');
    expect(text).toContain('freshet_session_connect_seconds_sum{kind="viewer"} 0.03');
    expect(text).toContain('freshet_sessions_ended_total{kind="viewer",reason="consent_lapsed"} 1');
  });

  it('know no more methods than HTTP has, whatever a client invents', async () => {
    const metrics = fresh();
    metrics.http.answered({ method: 'GET', route: '/whep/:slug', status: 200, seconds: 0.004 });
    metrics.http.answered({ method: 'BREW', route: '/*', status: 404, seconds: 0.001 });
    const text = await lines(metrics);
    expect(text).toContain('freshet_http_requests_total{method="GET",route="/whep/:slug",status="200"} 1');
    expect(text).toContain('freshet_http_requests_total{method="other",route="/*",status="404"} 1');
    expect(text).toContain('freshet_http_request_seconds_bucket{le="0.0025",method="GET",route="/whep/:slug"} 0');
    expect(text).toContain('freshet_http_request_seconds_bucket{le="0.005",method="GET",route="/whep/:slug"} 1');
  });

  it('tell how the database does, and that it is gone', async () => {
    const metrics = fresh();
    const connections = { busy: 3, idle: 1, waiting: 2 };
    const counts = { ready: 4, deferred: 5, active: 1 };
    let stored: DatabaseReport['stored'] = { bytes: 9_000_000, queues: [{ queue: 'webhook-deliveries', counts }] };
    metrics.watch({ ...idle, database: async () => ({ connections, stored }) });
    metrics.database.used(0.002);
    metrics.database.worked({ queue: 'webhook-deliveries', outcome: 'again', seconds: 0.2 });
    const text = await lines(metrics);
    expect(text).toContain('freshet_database_up 1');
    expect(text).toContain('freshet_database_size_bytes 9000000');
    expect(text).toContain('freshet_database_connections{state="busy"} 3');
    expect(text).toContain('freshet_database_waiting 2');
    expect(text).toContain('freshet_database_use_seconds_bucket{le="0.0025"} 1');
    expect(text).toContain('freshet_jobs{queue="webhook-deliveries",state="deferred"} 5');
    expect(text).toContain('freshet_job_seconds_count{queue="webhook-deliveries"} 1');
    expect(text).toContain('freshet_job_attempts_total{queue="webhook-deliveries",outcome="again"} 1');
    stored = undefined;
    expect(await lines(metrics)).toContain('freshet_database_up 0');
  });

  it('count lines of the log that complain, and attempts of webhooks', async () => {
    const metrics = fresh();
    for (const level of ['info', 'warn', 'warn', 'error']) metrics.log.written(level);
    metrics.webhooks.attempted('delivered', 0.03);
    const text = await lines(metrics);
    expect(text).toContain('freshet_log_lines_total{level="warn"} 2');
    expect(text).toContain('freshet_log_lines_total{level="fatal"} 0');
    expect(text.some((line) => line.includes('level="info"'))).toBe(false);
    expect(text).toContain('freshet_webhook_attempts_total{outcome="delivered"} 1');
    expect(text).toContain('freshet_webhook_attempt_seconds_bucket{le="0.1"} 1');
  });

  it('have a help and a type for each name', async () => {
    const text = await lines(fresh());
    const names = new Set(text.flatMap((line) => /^(freshet_\w+?)(_bucket|_sum|_count)?[{ ]/.exec(line)?.[1] ?? []));
    expect(names.size).toBeGreaterThan(15);
    for (const name of names) {
      expect(text.some((line) => line.startsWith(`# HELP ${name} `))).toBe(true);
      expect(text.some((line) => line.startsWith(`# TYPE ${name} `))).toBe(true);
    }
  });
});
