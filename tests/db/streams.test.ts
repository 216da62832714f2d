import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ClientConfig } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
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

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, seconds));

async function start(seconds = 0, id: string = randomUUID()): Promise<string> {
  await db.streams.start({ id, channelId, title: 'Morning', startedAt: at(seconds) });
  return id;
}

async function join(streamId: string, seconds: number): Promise<string> {
  const id = randomUUID();
  await db.streams.viewersJoined(streamId, [{ id, at: at(seconds) }]);
  return id;
}

const viewer = async (id: string) => {
  const sql = `SELECT joined_at, left_at, leave_reason FROM viewer_sessions WHERE id = '${id}'`;
  return (await query<{ joined_at: Date; left_at: Date | null; leave_reason: string | null }>(connection, sql))[0];
};

test('a stream that goes on has no end, and tells what is being sent once that is known', async () => {
  const id = await start();
  const fresh = { id, channelId, title: 'Morning', startedAt: at(0), endedAt: null, endReason: null };
  const unwatched = { peakViewers: 0, uniqueViewers: 0, watchSeconds: 0, averageIngestBps: null, peakIngestBps: null };
  const unseen = { codecs: [], width: null, height: null, maxWidth: null, maxHeight: null };
  expect(await db.streams.byId(id)).toEqual({ ...fresh, ...unwatched, ...unseen });
  await db.streams.describe(id, ['h264', 'opus']);
  await db.streams.describe(id, ['av1', 'opus'], { width: 1280, height: 720 });
  const seen = { codecs: ['av1', 'opus'], width: 1280, height: 720, maxWidth: 1280, maxHeight: 720 };
  expect(await db.streams.byId(id)).toEqual({ ...fresh, ...unwatched, ...seen });
});

test('the largest picture is remembered, and the present one told', async () => {
  const id = await start();
  await db.streams.describe(id, ['vp8'], { width: 640, height: 360 });
  await db.streams.describe(id, ['vp8'], { width: 1920, height: 1080 });
  await db.streams.describe(id, ['vp8'], { width: 320, height: 180 });
  await db.streams.describe(id, ['vp9']);
  const pictures = { width: 320, height: 180, maxWidth: 1920, maxHeight: 1080 };
  expect(await db.streams.byId(id)).toMatchObject({ codecs: ['vp9'], ...pictures });
});

test('the first end of a stream stands, and closes its open viewers with it', async () => {
  const id = await start();
  const [early, late] = [await join(id, 1), await join(id, 2)];
  await db.streams.viewersLeft([{ id: early, at: at(3), reason: 'deleted' }]);
  await db.streams.end(id, { at: at(9), reason: 'stopped', peakViewers: 2 });
  await db.streams.end(id, { at: at(20), reason: 'failed', peakViewers: 7 });
  expect(await db.streams.byId(id)).toMatchObject({ endedAt: at(9), endReason: 'stopped', peakViewers: 2 });
  expect(await viewer(early)).toEqual({ joined_at: at(1), left_at: at(3), leave_reason: 'deleted' });
  expect(await viewer(late)).toEqual({ joined_at: at(2), left_at: at(9), leave_reason: 'stopped' });
});

test('the first leaving of a viewer stands', async () => {
  const id = await join(await start(), 1);
  await db.streams.viewersLeft([{ id, at: at(2), reason: 'consent_lapsed' }]);
  await db.streams.viewersLeft([{ id, at: at(5), reason: 'deleted' }]);
  expect(await viewer(id)).toMatchObject({ left_at: at(2), leave_reason: 'consent_lapsed' });
});

test('viewers who came and went together are written together, each with a time and reason of its own', async () => {
  const id = await start();
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  await db.streams.viewersJoined(id, [
    { id: first, at: at(1) },
    { id: second, at: at(2) },
    { id: third, at: at(3) },
  ]);
  await db.streams.viewersLeft([
    { id: third, at: at(4), reason: 'consent_lapsed' },
    { id: first, at: at(5), reason: 'deleted' },
    { id: randomUUID(), at: at(6), reason: 'deleted' },
  ]);
  expect(await viewer(first)).toEqual({ joined_at: at(1), left_at: at(5), leave_reason: 'deleted' });
  expect(await viewer(second)).toEqual({ joined_at: at(2), left_at: null, leave_reason: null });
  expect(await viewer(third)).toEqual({ joined_at: at(3), left_at: at(4), leave_reason: 'consent_lapsed' });
});

test('a start or a join that is written twice, as after a lost answer, counts once', async () => {
  const id = await start();
  await start(5, id);
  expect(await db.streams.byId(id)).toMatchObject({ startedAt: at(0), endedAt: null });
  const viewerId = randomUUID();
  await db.streams.viewersJoined(id, [{ id: viewerId, at: at(1) }]);
  await db.streams.viewersJoined(id, [{ id: viewerId, at: at(2) }]);
  expect(await viewer(viewerId)).toMatchObject({ joined_at: at(1) });
});

test('joins leave nothing in memory, however many are written at once', async () => {
  const id = await start();
  const join = (rows: number) =>
    db.streams.viewersJoined(
      id,
      Array.from({ length: rows }, () => ({ id: randomUUID(), at: at(1) })),
    );
  const collect = collector();
  const joinUpTo = async (from: number, to: number) => {
    for (let rows = from; rows <= to; rows += 1) await join(rows);
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await joinUpTo(1, 10);
  expect((await joinUpTo(11, 130)) - before).toBeLessThan(3 * 2 ** 20);
});

test('what comes too late for a deleted channel is left out without an error', async () => {
  const id = await start();
  await db.channels.delete(channelId);
  const viewerId = await join(id, 1);
  await start();
  await db.streams.describe(id, ['vp8']);
  await db.streams.viewersLeft([{ id: viewerId, at: at(2), reason: 'deleted' }]);
  await db.streams.heartbeat([id], at(2));
  await db.streams.end(id, { at: at(3), reason: 'stopped', peakViewers: 1 });
  expect(await db.streams.byId(id)).toBeUndefined();
});

test('a channel has one open stream: a start ends the one before, whose own word about its end still counts', async () => {
  const first = await start();
  await db.streams.heartbeat([first], at(4));
  const second = await start(6);
  expect(await db.streams.byId(first)).toMatchObject({ endedAt: at(4), endReason: 'crash' });
  await db.streams.end(first, { at: at(5), reason: 'taken_over', peakViewers: 3 });
  expect(await db.streams.byId(first)).toMatchObject({ endedAt: at(5), endReason: 'taken_over', peakViewers: 3 });
  expect(await db.streams.byId(second)).toMatchObject({ endedAt: null });
});

test('the database itself refuses a second open stream on a channel', async () => {
  await start();
  const second = `INSERT INTO streams (id, channel_id, title, started_at, last_seen_at, codecs)
    VALUES ('${randomUUID()}', '${channelId}', '', now(), now(), '{}')`;
  await expect(query(connection, second)).rejects.toThrow('streams_one_open_per_channel');
});

test('what a crash left open ends at the last heartbeat, viewers included, and what had ended is left alone', async () => {
  const ended = await start();
  await db.streams.end(ended, { at: at(1), reason: 'stopped', peakViewers: 0 });
  const open = await start(2);
  const [early, late] = [await join(open, 3), await join(open, 30)];
  await db.streams.heartbeat([open, ended], at(20));
  const slug = (await db.channels.list({ limit: 9 })).find(({ id }) => id === channelId)?.slug;
  expect(await db.streams.closeLeftOpen()).toEqual([
    { id: open, channelId, slug, title: expect.any(String), startedAt: at(2), endedAt: at(20), peakViewers: 0 },
  ]);
  expect(await db.streams.closeLeftOpen()).toEqual([]);
  expect(await db.streams.byId(ended)).toMatchObject({ endedAt: at(1), endReason: 'stopped' });
  expect(await db.streams.byId(open)).toMatchObject({ endedAt: at(20), endReason: 'crash' });
  expect(await viewer(early)).toMatchObject({ left_at: at(20), leave_reason: 'crash' });
  expect(await viewer(late)).toMatchObject({ left_at: at(30), leave_reason: 'crash' });
});

test('where other servers may be live, only what has been silent for long is ended', async () => {
  const silent = await start();
  const other = await newChannel(db, { slug: 'pier', ownerId: (await db.users.owner())?.id ?? '' });
  const lively = randomUUID();
  await db.streams.start({ id: lively, channelId: other.id, title: 'Evening', startedAt: at(0) });
  const [lost, watching] = [await join(silent, 1), await join(lively, 1)];
  await db.streams.heartbeat([lively], at(40));
  expect(await db.streams.closeLeftOpen(at(30))).toMatchObject([{ id: silent, endedAt: at(0) }]);
  expect(await db.streams.byId(silent)).toMatchObject({ endedAt: at(0), endReason: 'crash' });
  expect(await db.streams.byId(lively)).toMatchObject({ endedAt: null });
  expect(await viewer(lost)).toMatchObject({ left_at: at(1), leave_reason: 'crash' });
  expect(await viewer(watching)).toMatchObject({ left_at: null });
});

test('viewers of a stream that another start ended are not left open for ever', async () => {
  const stranded = await join(await start(), 1);
  await start(6);
  await db.streams.closeLeftOpen(at(0));
  expect(await viewer(stranded)).toMatchObject({ left_at: at(1), leave_reason: 'crash' });
});

test('history tells the streams of a channel newest first, in pages that neither repeat nor skip', async () => {
  const ids: string[] = [];
  for (const seconds of [0, 10, 10, 20]) {
    ids.push(await start(seconds));
    await db.streams.end(ids.at(-1) ?? '', { at: at(seconds + 5), reason: 'stopped', peakViewers: 0 });
  }
  const first = await db.streams.history(channelId, { limit: 2 });
  const second = await db.streams.history(channelId, { limit: 2, after: first[1]?.id ?? '' });
  const third = await db.streams.history(channelId, { limit: 2, after: second[1]?.id ?? '' });
  expect(first[0]?.id).toBe(ids[3]);
  expect(second[1]?.id).toBe(ids[0]);
  expect(third).toEqual([]);
  expect([...first, ...second].map((stream) => stream.id).sort()).toEqual(ids.sort());
});

test('the last end of each channel is told, without those that never had one', async () => {
  const end = (id: string, seconds: number) =>
    db.streams.end(id, { at: at(seconds), reason: 'stopped', peakViewers: 0 });
  const first = await start();
  expect(await db.streams.lastEnds([channelId])).toEqual(new Map());
  await end(first, 10);
  await end(await start(20), 30);
  await start(40);
  expect(await db.streams.lastEnds([channelId, randomUUID(), 'no-id'])).toEqual(new Map([[channelId, at(30)]]));
  expect(await db.streams.lastEnds([])).toEqual(new Map());
});

test('history of what is no channel or page is empty', async () => {
  await start();
  for (const id of [randomUUID(), 'no-id']) {
    expect(await db.streams.history(id, { limit: 5 })).toEqual([]);
    expect(await db.streams.history(channelId, { limit: 5, after: id })).toEqual([]);
    expect(await db.streams.byId(id)).toBeUndefined();
  }
});
