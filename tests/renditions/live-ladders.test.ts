import { pino } from 'pino';
import { beforeEach, expect, test, vi } from 'vitest';
import { RenditionDemand } from '../../src/renditions/demand.ts';
import { LiveLadders } from '../../src/renditions/live-ladders.ts';
import { FakeLiveJobs } from '../support/fake-renditions.ts';

let nowMs: number;
let jobs: FakeLiveJobs;
let ladders: LiveLadders;
/** When the transcoder of a stream was killed. */
let killedMs: number | undefined;

beforeEach(() => {
  nowMs = 0;
  killedMs = undefined;
  jobs = new FakeLiveJobs();
  const now = () => nowMs;
  ladders = new LiveLadders({
    demand: new RenditionDemand({ now }),
    jobs,
    grant: (streamId) => `token of ${streamId}`,
    unreadMs: () => (killedMs === undefined ? undefined : nowMs - killedMs),
    storage: { deletePrefix: async () => {} },
    windowSeconds: 60,
    max: 1,
    log: pino({ level: 'silent' }),
    now,
  });
});

const live = (id: string, isAdaptive = true) =>
  ladders.live({ id, mediaId: id, channelId: `of ${id}`, title: id, isRecorded: false, isAdaptive });

/** A quarter of a second after another, as the timer does. */
async function pass(ms: number): Promise<void> {
  for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 250) {
    ladders.tick();
    await Promise.resolve();
  }
}

const added = () => jobs.added.map(({ streamId }) => streamId);

test('a ladder begins when somebody wants it and ends a minute after the last who did', async () => {
  live('a');
  await pass(1_000);
  expect(added()).toEqual([]);
  ladders.wanted('a');
  await pass(50_000);
  ladders.wanted('a');
  await pass(59_000);
  expect(added()).toEqual(['a']);
  expect(jobs.cancelled).toEqual([]);
  await pass(2_000);
  expect(jobs.cancelled).toEqual(['job-0']);
  ladders.wanted('a');
  await pass(1_000);
  expect(added()).toEqual(['a', 'a']);
});

test('there are no more at once than the machine has room for; the next one begins when one is over', async () => {
  live('a');
  live('b');
  ladders.wanted('a');
  await pass(500);
  ladders.wanted('b');
  await pass(500);
  expect(added()).toEqual(['a']);
  expect(ladders.isFull('b')).toBe(true);
  ladders.ended('a');
  await pass(500);
  expect(added()).toEqual(['a', 'b']);
  expect(ladders.isFull('b')).toBe(false);
});

test('a job that failed is asked for again, ever later while it goes on failing', async () => {
  live('a');
  const asked: number[] = [];
  vi.spyOn(jobs, 'add').mockImplementation(async (draft) => {
    asked.push(nowMs);
    const made = await new FakeLiveJobs().add(draft);
    return { job: { ...made.job, id: `job-${asked.length}` }, isNew: true };
  });
  for (let seconds = 0; seconds < 100; seconds += 10) {
    ladders.wanted('a');
    await pass(10_000);
  }
  const pauses = asked.slice(1).map((ms, index) => Math.round((ms - (asked[index] ?? 0)) / 1_000));
  expect(pauses.slice(0, 4)).toEqual([10, 10, 20, 40]);
});

test('what is not adaptive has none, and what no longer is loses it', async () => {
  live('a', false);
  ladders.wanted('a');
  await pass(1_000);
  expect(added()).toEqual([]);
  live('b');
  expect(ladders.of('of b')).toMatchObject({ streamId: 'b', isOver: false });
  live('b', false);
  expect(ladders.of('of b')).toMatchObject({ isOver: true });
});

test('where its transcoder was killed another one is asked after two seconds, and once', async () => {
  live('a');
  ladders.wanted('a');
  await pass(20_000);
  killedMs = nowMs;
  await pass(1_750);
  expect(jobs.cancelled).toEqual([]);
  await pass(500);
  expect(jobs.cancelled).toEqual(['job-0']);
  expect(added()).toEqual(['a', 'a']);
  await pass(30_000);
  expect(added()).toHaveLength(2);
});

test('who left when a ladder was no longer wanted has nothing to do with the next one', async () => {
  live('a');
  ladders.wanted('a');
  await pass(61_000);
  killedMs = nowMs;
  await pass(30_000);
  ladders.wanted('a');
  await pass(30_000);
  expect(added()).toEqual(['a', 'a']);
  expect(jobs.cancelled).toEqual(['job-0']);
});

test('who begins an encoder anew over and over is left alone, once others were asked some times', async () => {
  live('a');
  // As long as a transcoder waits at most between one encoder that fails and the next.
  for (let round = 0; round < 12; round += 1) {
    ladders.wanted('a');
    killedMs = nowMs;
    await pass(8_000);
    killedMs = undefined;
    await pass(10_000);
  }
  expect(jobs.cancelled.length).toBeGreaterThan(0);
  expect(jobs.cancelled.length).toBeLessThanOrEqual(3);
});
