import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { WrittenPart } from '#src/recording/recording-files.ts';
import { settled } from '../support/fake-clock.ts';
import { FakeRecordings } from '../support/fake-recordings.ts';

const stream = { id: 's1', mediaId: 'm1', channelId: 'c1', title: 'A brook', isRecorded: true, isAdaptive: false };
const part: WrittenPart = {
  number: 0,
  file: '0000.webm',
  format: { video: { codec: 'vp8', config: new Uint8Array(0), size: { width: 640, height: 360 } }, hasAudio: true },
  startMs: 1_000,
  durationMs: 0,
  bytes: 300,
  isWhole: false,
};

let fake: FakeRecordings;

beforeEach(() => {
  fake = new FakeRecordings();
});

const rows = async () => {
  await settled();
  return [...fake.store.rows.values()];
};

describe('a stream that goes live', () => {
  it('is recorded where its channel wants it, and heard once the thread listens', async () => {
    fake.recordings.live(stream);
    expect(fake.thread.told).toMatchObject([{ type: 'start', streamId: 'm1', thread: 0 }]);
    expect(fake.media.tapped.size).toBe(0);
    fake.report({ type: 'following' });
    expect([...fake.media.tapped]).toEqual(['m1']);
    expect(await rows()).toMatchObject([{ state: 'recording', channelId: 'c1', streamId: 's1', title: 'A brook' }]);
  });

  it('is not recorded where its channel does not', async () => {
    fake.recordings.live({ ...stream, isRecorded: false });
    expect(fake.thread.told).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  it('is recorded once, however often its publisher comes back', async () => {
    for (let times = 0; times < 3; times += 1) fake.recordings.live(stream);
    expect(await rows()).toHaveLength(1);
  });

  it('goes on without where the thread can not be reached', async () => {
    fake.thread.isDown = true;
    fake.recordings.live(stream);
    expect(await rows()).toEqual([]);
  });
});

describe('a recording', () => {
  beforeEach(() => {
    fake.recordings.live(stream);
    fake.report({ type: 'following' });
  });

  it('is ready with what was written when its stream ends', async () => {
    fake.report({ type: 'part', part });
    fake.recordings.ended('s1');
    expect(fake.media.tapped.size).toBe(0);
    expect(fake.thread.told.at(-1)).toMatchObject({ type: 'stop' });
    expect(await rows()).toMatchObject([{ state: 'recording' }]);
    fake.report({ type: 'part', part: { ...part, durationMs: 4_000, bytes: 9_000, isWhole: true } });
    fake.report({ type: 'closed', lost: 0 });
    expect(await rows()).toMatchObject([
      { state: 'ready', problem: null, parts: [{ durationMs: 4_000, bytes: 9_000, videoCodec: 'vp8', width: 640 }] },
    ]);
    expect(fake.told).toEqual(await rows());
  });

  it('ends when the setting is turned off, and another begins when it is turned on again', async () => {
    fake.recordings.live({ ...stream, isRecorded: false });
    fake.report({ type: 'closed', lost: 0 });
    fake.recordings.live(stream);
    expect((await rows()).map(({ state }) => state)).toEqual(['failed', 'recording']);
  });

  it('of which nothing came has failed, and says so', async () => {
    fake.recordings.ended('s1');
    fake.report({ type: 'closed', lost: 0 });
    expect(await rows()).toMatchObject([{ state: 'failed', problem: 'nothing_came', parts: [] }]);
    expect(fake.told).toEqual(await rows());
  });

  it('ends with a word where the disk is full, and what is there is kept', async () => {
    fake.report({ type: 'part', part: { ...part, durationMs: 4_000, isWhole: true } });
    fake.report({ type: 'failed', code: 'disk_full', detail: 'the disk is full' });
    expect(fake.media.tapped.size).toBe(0);
    fake.report({ type: 'closed', lost: 0 });
    expect(await rows()).toMatchObject([{ state: 'ready', problem: 'disk_full' }]);
  });

  it('begins anew when there is room again, once, and not before the disk had time', async () => {
    fake.report({ type: 'failed', code: 'disk_full', detail: 'the disk is full' });
    fake.report({ type: 'closed', lost: 0 });
    expect(fake.recordings.isFull).toBe(true);
    fake.recordings.live(stream);
    fake.recordings.roomAgain();
    expect(await rows()).toHaveLength(1);
    fake.pass(60_000);
    fake.recordings.roomAgain();
    fake.recordings.roomAgain();
    expect(fake.recordings.isFull).toBe(false);
    expect((await rows()).map(({ state }) => state)).toEqual(['failed', 'recording']);
  });

  it('does not begin anew where its stream has ended, or is not to be recorded any more', async () => {
    fake.recordings.live({ ...stream, id: 's2', mediaId: 'm2' });
    fake.recordings.full();
    fake.recordings.ended('s1');
    fake.recordings.live({ ...stream, id: 's2', mediaId: 'm2', isRecorded: false });
    fake.pass(60_000);
    fake.recordings.roomAgain();
    expect(await rows()).toHaveLength(2);
  });

  it('is tried ever more seldom on a disk that says it has room and takes nothing', async () => {
    for (let times = 0; times < 20; times += 1) {
      fake.report({ type: 'failed', code: 'disk_full', detail: 'over quota' });
      fake.report({ type: 'closed', lost: 0 });
      for (let waits = 0; waits < 60; waits += 1) {
        fake.pass(60_000);
        fake.recordings.roomAgain();
      }
    }
    expect((await rows()).length).toBeLessThanOrEqual(21);
    expect(fake.thread.told.filter(({ type }) => type === 'start').length).toBeGreaterThan(15);
  });

  it('ends where the thread dies, and goes on in another', async () => {
    fake.recordings.died(new Error('a bug'));
    expect((await rows()).map(({ state, problem }) => [state, problem])).toEqual([
      ['failed', 'interrupted'],
      ['recording', null],
    ]);
    expect(fake.thread.told.filter(({ type }) => type === 'start')).toHaveLength(2);
  });

  it('is deleted with its files, after it ended', async () => {
    const [row] = await rows();
    const folder = fake.recordings.folderOf(row?.id ?? '');
    mkdirSync(folder);
    writeFileSync(join(folder, '0000.webm'), 'x');
    const deleted = fake.recordings.delete(row?.id ?? '');
    await settled();
    expect(existsSync(folder)).toBe(true);
    fake.report({ type: 'closed', lost: 0 });
    expect(await deleted).toBe(true);
    expect([existsSync(folder), await rows()]).toEqual([false, []]);
  });
});
