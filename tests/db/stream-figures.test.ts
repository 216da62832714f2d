import { randomUUID } from 'node:crypto';
import type { ClientConfig } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import type { EndReason, StreamSample, ViewerJoin } from '../../src/streams/ports.ts';
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
const ANN = 'aa'.repeat(8);
const BOB = 'bb'.repeat(8);

async function start(seconds = 0): Promise<string> {
  const id = randomUUID();
  await db.streams.start({ id, channelId, title: 'Morning', startedAt: at(seconds) });
  return id;
}

async function join(streamId: string, seconds: number, about: Partial<ViewerJoin> = {}): Promise<string> {
  const id = randomUUID();
  await db.streams.viewersJoined(streamId, [{ id, at: at(seconds), ...about }]);
  return id;
}

const leave = (id: string, seconds: number, reason: EndReason = 'deleted') =>
  db.streams.viewersLeft([{ id, at: at(seconds), reason }]);

const end = (id: string, seconds: number) => db.streams.end(id, { at: at(seconds), reason: 'stopped', peakViewers: 2 });

const sample = (streamId: string, seconds: number, more: Partial<StreamSample> = {}): StreamSample => ({
  streamId,
  at: at(seconds),
  spanSeconds: 10,
  viewers: 0,
  ingestBps: 0,
  egressBps: 0,
  ...more,
});

const count = async (what: string) =>
  Number((await query<{ count: string }>(connection, `SELECT count(*) FROM ${what}`))[0]?.count);

test('visitors are counted once however often they come, and their watching is added up', async () => {
  const id = await start();
  await leave(await join(id, 0, { mark: ANN }), 10);
  await join(id, 20, { mark: ANN });
  await join(id, 25, { mark: BOB });
  await end(id, 30);
  expect(await db.streams.byId(id)).toMatchObject({ uniqueViewers: 2, watchSeconds: 10 + 10 + 5 });
});

test('nobody can tell the visitors of a stream apart once it is over', async () => {
  const id = await start();
  await join(id, 0, { mark: ANN });
  expect(await count('viewer_sessions WHERE mark IS NOT NULL')).toBe(1);
  await end(id, 5);
  await join(id, 6, { mark: BOB });
  expect(await count('viewer_sessions WHERE mark IS NOT NULL')).toBe(0);
});

test('a stream that goes on tells its figures as they are by now', async () => {
  const id = await start();
  const now = Date.now();
  await db.streams.viewersJoined(id, [
    { id: randomUUID(), at: new Date(now - 60_000), mark: ANN },
    { id: randomUUID(), at: new Date(now - 30_000), mark: BOB },
  ]);
  await db.streams.addSamples([sample(id, 10, { viewers: 3, ingestBps: 2_000_000 })]);
  const [found] = await db.streams.history(channelId, { limit: 1 });
  expect(found).toMatchObject({ uniqueViewers: 2, peakViewers: 3, averageIngestBps: 2_000_000 });
  expect(found?.watchSeconds).toBeGreaterThanOrEqual(90);
  expect(found?.watchSeconds).toBeLessThan(100);
});

test('a crash is summed up at the last heartbeat, with the peak that was sampled', async () => {
  const id = await start();
  await join(id, 0, { mark: ANN });
  await join(id, 10, { mark: BOB });
  await db.streams.addSamples([sample(id, 10, { viewers: 2 })]);
  await db.streams.heartbeat([id], at(20));
  expect(await db.streams.closeLeftOpen()).toMatchObject([{ id, peakViewers: 2 }]);
  expect(await db.streams.byId(id)).toMatchObject({ uniqueViewers: 2, watchSeconds: 30, peakViewers: 2 });
  expect(await count('viewer_samples')).toBe(1);
});

test('what was presumed dead and lives ends with all its visitors', async () => {
  const id = await start();
  await join(id, 0, { mark: ANN });
  await db.streams.heartbeat([id], at(4));
  await db.streams.closeLeftOpen();
  await end(id, 9);
  expect(await db.streams.byId(id)).toMatchObject({ endReason: 'stopped', endedAt: at(9), uniqueViewers: 1 });
});

test('a clock that is set back makes nobody watch for less than no time, and nothing end before it began', async () => {
  const id = await start(30);
  const early = await join(id, 40, { mark: ANN });
  await leave(early, 10);
  await join(id, 50, { mark: BOB });
  await end(id, 20);
  expect(await db.streams.byId(id)).toMatchObject({ watchSeconds: 0, uniqueViewers: 2, endedAt: at(30) });
  expect(await count('viewer_sessions WHERE left_at < joined_at')).toBe(0);
});

test('bitrates are averaged over the time in which something came, and the most of ten seconds is the peak', async () => {
  const id = await start();
  await db.streams.addSamples([
    sample(id, 10, { ingestBps: 1_000_000 }),
    sample(id, 20, { ingestBps: 0 }),
    sample(id, 24, { ingestBps: 8_000_000, spanSeconds: 5 }),
  ]);
  await end(id, 24);
  const average = Math.round((1_000_000 * 10 + 8_000_000 * 5) / 15);
  expect(await db.streams.byId(id)).toMatchObject({ averageIngestBps: average, peakIngestBps: 8_000_000 });
});

test('samples of many streams are written together and once, and those of a deleted stream are left out', async () => {
  const id = await start();
  const other = await newChannel(db, { slug: 'pier', ownerId: (await db.users.owner())?.id ?? '' });
  const second = randomUUID();
  await db.streams.start({ id: second, channelId: other.id, title: 'Evening', startedAt: at(0) });
  const samples = [sample(id, 10, { lossShare: 0.25 }), sample(second, 10), sample(randomUUID(), 10)];
  await db.streams.addSamples(samples);
  await db.streams.addSamples(samples);
  expect(await count('viewer_samples')).toBe(2);
  expect(await count('viewer_samples WHERE loss_share = 0.25 AND frames_per_second IS NULL')).toBe(1);
});
