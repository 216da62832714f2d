import { randomUUID } from 'node:crypto';
import type { ClientConfig } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import type { ViewerPlay } from '../../src/streams/ports.ts';
import { newChannel, newOwner, query, silentLog, TestPostgres, urlOf } from '../support/database.ts';

let postgres: TestPostgres;
let connection: ClientConfig;
let db: Database;
let channelId: string;

beforeAll(async () => {
  postgres = await TestPostgres.start();
});
afterAll(() => postgres.close());

beforeEach(async () => {
  connection = await postgres.newDatabase();
  db = await openDatabase({ config: { dataDir: '', databaseUrl: urlOf(connection) }, log: silentLog });
  channelId = (await newChannel(db, { slug: 'reef', ownerId: (await newOwner(db)).id })).id;
  return () => db.close();
});

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, seconds));

async function start(): Promise<string> {
  const id = randomUUID();
  await db.streams.start({ id, channelId, title: 'Morning', startedAt: at(0) });
  return id;
}

const end = (id: string, seconds: number) => db.streams.end(id, { at: at(seconds), reason: 'stopped', peakViewers: 2 });

async function watch(streamId: string, from: number, to: number, client: 'chrome' | 'firefox', play?: object) {
  const id = randomUUID();
  await db.streams.viewersJoined(streamId, [{ id, at: at(from), client }]);
  if (play) await db.streams.viewersPlayed([{ id, stalls: 0, stalledMs: 0, ...play } as ViewerPlay]);
  await db.streams.viewersLeft([{ id, at: at(to), reason: 'deleted' }]);
}

/** A sample each ten seconds. */
async function samples(streamId: string, seconds: number): Promise<void> {
  await db.streams.addSamples(
    Array.from({ length: seconds / 10 }, (_, index) => ({
      streamId,
      at: at(10 * (index + 1)),
      spanSeconds: 10,
      viewers: index,
      ingestBps: 1000 * index,
      egressBps: 6_000_000_000,
      lossShare: 0.5,
      framesPerSecond: 25,
    })),
  );
}

const rows = <Row extends object>(sql: string) => query<Row>(connection, sql);

test('what is known of an audience is the same before and after the end, and when its rows are gone', async () => {
  const id = await start();
  await watch(id, 0, 10, 'chrome', { joinMs: 40, stalls: 1, stalledMs: 500, height: 720 });
  await watch(id, 0, 20, 'chrome', { joinMs: 20, height: 720 });
  await watch(id, 0, 30, 'firefox', { joinMs: 900, height: 360 });
  await watch(id, 0, 40, 'chrome');
  const audience = {
    sessions: 4,
    join: { reports: 3, p50Ms: 40, p95Ms: 900 },
    stalls: { reports: 3, count: 1, stalledMs: 500, watchedMs: 60_000 },
    leaveReasons: { deleted: 4 },
    clients: { chrome: 3, firefox: 1 },
    heights: { 720: 2, 360: 1 },
  };
  expect(await db.analytics.audience(id)).toEqual(audience);
  await end(id, 60);
  expect(await db.analytics.audience(id)).toEqual(audience);
  expect(await db.analytics.forgetViewers(at(60), 100)).toBe(0);
  expect(await db.analytics.forgetViewers(at(61), 3)).toBe(3);
  expect(await db.analytics.forgetViewers(at(61), 3)).toBe(1);
  expect(await db.analytics.audience(id)).toEqual(audience);
  expect(await db.streams.byId(id)).toMatchObject({ watchSeconds: 100 });
});

test('a stream that nobody watched has an audience of nobody, and one that is not there has none', async () => {
  const id = await start();
  expect(await db.analytics.audience(id)).toMatchObject({ sessions: 0, join: { reports: 0, p50Ms: null } });
  expect(await db.analytics.audience(randomUUID())).toBeUndefined();
});

test('points are the averages and the most viewers of the samples up to the end of their step', async () => {
  const id = await start();
  await samples(id, 70);
  expect(await db.analytics.points(id, 30)).toEqual([
    { step: 0, viewers: 2, ingestBps: 1000, egressBps: 6_000_000_000, lossShare: 0.5, framesPerSecond: 25 },
    { step: 1, viewers: 5, ingestBps: 4000, egressBps: 6_000_000_000, lossShare: 0.5, framesPerSecond: 25 },
    { step: 2, viewers: 6, ingestBps: 6000, egressBps: 6_000_000_000, lossShare: 0.5, framesPerSecond: 25 },
  ]);
});

test('old samples become one a minute, with the same averages, and no sample is taken twice', async () => {
  const id = await start();
  await samples(id, 300);
  const averages = 'SELECT avg(ingest_bps)::int AS bps, max(viewers) AS viewers FROM viewer_samples WHERE at <= ';
  const before = await rows<object>(`${averages} '${at(179).toISOString()}'`);
  const taken: number[] = [];
  for (let step = 0; step < 9; step += 1) taken.push(await db.analytics.thinSamples(at(180), 6));
  expect(taken.reduce((sum, count) => sum + count)).toBe(17);
  const spans = await rows<{ span_seconds: number; at: Date }>(
    'SELECT span_seconds, at FROM viewer_samples ORDER BY at',
  );
  expect(spans.filter(({ span_seconds }) => span_seconds >= 60).length).toBeLessThanOrEqual(5);
  expect(spans.filter(({ span_seconds }) => span_seconds === 10).map((sample) => sample.at)[0]).toEqual(at(180));
  expect(await db.analytics.coarsestSeconds(id)).toBe(60);
  expect((await rows<{ viewers: number }>(`${averages} '${at(179).toISOString()}'`))[0]?.viewers).toBe(
    (before[0] as { viewers: number }).viewers,
  );
});

test('streams of a time are those that began within it, newest first', async () => {
  const first = await start();
  await end(first, 5);
  const second = randomUUID();
  await db.streams.start({ id: second, channelId, title: 'Evening', startedAt: at(10) });
  const found = (from: number, to: number) => db.analytics.streams(channelId, { from: at(from), to: at(to) }, 9);
  expect((await found(0, 11)).map(({ id }) => id)).toEqual([second, first]);
  expect((await found(0, 10)).map(({ id }) => id)).toEqual([first]);
  expect(await found(11, 99)).toEqual([]);
  expect(await db.analytics.streams('no-id', { from: at(0), to: at(9) }, 9)).toEqual([]);
});

test('a stream is deleted with all that is known of it, but not while it goes on', async () => {
  const id = await start();
  await watch(id, 0, 5, 'chrome');
  await samples(id, 10);
  expect(await db.streams.delete(id)).toBe(false);
  await end(id, 9);
  expect(await db.streams.delete(id)).toBe(true);
  expect(await db.streams.delete(id)).toBe(true);
  const count = 'SELECT (SELECT count(*) FROM viewer_samples) + (SELECT count(*) FROM viewer_sessions) AS left';
  expect(await rows(count)).toEqual([{ left: '0' }]);
});
