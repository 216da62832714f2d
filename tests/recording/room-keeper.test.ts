import { expect, it } from 'vitest';
import { RoomKeeper, type RoomLimits } from '#src/recording/room-keeper.ts';
import { silentLog } from '../support/database.ts';
import { FakeRecordingStore } from '../support/fake-recordings.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 100 * DAY_MS;

/** One recording of 10 bytes for each age in days; returns what a check leaves. */
async function kept(ages: readonly (number | 'recording')[], limits: Partial<RoomLimits>): Promise<string[]> {
  const store = new FakeRecordingStore();
  for (const [index, age] of ages.entries()) {
    const id = `${index}`;
    const endedAt = new Date(NOW_MS - (age === 'recording' ? 0 : age) * DAY_MS);
    await store.begin({ id, channelId: 'c', streamId: 's', title: '', startedAt: endedAt });
    await store.part(id, {
      ...{ number: 0, file: '0000.webm', videoCodec: 'vp8', hasAudio: true, width: 1, height: 1 },
      ...{ startedAt: endedAt, durationMs: 1, bytes: 10 },
    });
    if (age !== 'recording') await store.end(id, { state: 'ready', problem: null, endedAt });
  }
  const keeper = new RoomKeeper({
    store,
    folder: '/',
    limits: { reserveBytes: 0, ...limits },
    remove: (id) => store.delete(id),
    onFull: () => {},
    onRoom: () => {},
    log: silentLog,
    now: () => NOW_MS,
  });
  await keeper.check();
  return [...store.rows.keys()];
}

it.each<[string, Partial<RoomLimits>, string[]]>([
  ['without limits nothing is removed', {}, ['0', '1', '2', '3']],
  ['what ended longer ago goes', { maxDays: 7 }, ['2', '3']],
  ['the oldest go until the rest fits', { maxBytes: 25 }, ['2', '3']],
  ['what is being recorded is never removed', { maxBytes: 1 }, ['3']],
])('%s', async (_, limits, expected) => {
  expect(await kept([30, 8, 6, 'recording'], limits)).toEqual(expected);
});

it.each<[number | undefined, string[]]>([
  [999, ['full']],
  [1_000, []],
  [1_000 + (64 << 20), ['room']],
  [undefined, ['room']],
])('with %s bytes free of a reserve of 1000 what is said is %s', async (free, expected) => {
  const said: string[] = [];
  const keeper = new RoomKeeper({
    store: new FakeRecordingStore(),
    folder: '/',
    limits: { reserveBytes: 1_000 },
    remove: async () => {},
    onFull: () => said.push('full'),
    onRoom: () => said.push('room'),
    log: silentLog,
    freeBytes: async () => free,
  });
  await keeper.check();
  expect(said).toEqual(expected);
});
