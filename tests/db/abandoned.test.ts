import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { newChannel, newOwner, TestPostgres } from '../support/database.ts';

let postgres: TestPostgres;
let db: Database;
let channelId: string;

beforeAll(async () => {
  postgres = await TestPostgres.start();
  db = await postgres.open();
  channelId = (await newChannel(db, { slug: 'ann', ownerId: (await newOwner(db)).id })).id;
});
afterAll(async () => {
  await db.close();
  await postgres.close();
});

const LONG_AGO = new Date(Date.now() - 3_600_000);

async function recordingOf(streamId: string, startedAt: Date): Promise<string> {
  const id = crypto.randomUUID();
  await db.recordings.begin({ id, channelId, streamId, title: '', startedAt });
  return id;
}

async function stream(endedAt?: Date): Promise<string> {
  const id = crypto.randomUUID();
  await db.streams.start({ id, channelId, title: '', startedAt: LONG_AGO });
  if (endedAt) await db.streams.end(id, { at: endedAt, reason: 'stopped', peakViewers: 0 });
  return id;
}

test('open recordings are abandoned once their stream is over for long, or nobody knows it; others are not', async () => {
  const before = new Date(Date.now() - 600_000);
  const unknown = await recordingOf(crypto.randomUUID(), LONG_AGO);
  const over = await recordingOf(await stream(new Date(before.getTime() - 1_000)), LONG_AGO);
  const young = await recordingOf(crypto.randomUUID(), new Date());
  const justOver = await recordingOf(await stream(new Date()), LONG_AGO);
  // The last: another one would end it, as a channel has one at a time.
  const live = await recordingOf(await stream(), LONG_AGO);
  const ended = await recordingOf(crypto.randomUUID(), LONG_AGO);
  await db.recordings.end(ended, { state: 'ready', problem: null, endedAt: new Date() });
  const found = await db.recordings.abandoned(before);
  expect(found.map(({ id }) => id).toSorted()).toEqual([unknown, over].toSorted());
  const all = [unknown, over, young, live, justOver, ended];
  expect(await db.recordings.known([...all, crypto.randomUUID()])).toEqual(new Set(all));
});
