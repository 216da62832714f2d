import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { repairMatroska } from '#src/recording/repair.ts';
import { StreamRecorder } from '#src/recording/stream-recorder.ts';
import { hasNoSmallDisk, SmallDisk } from '../support/small-disk.ts';
import { realVideo, silence } from './real-streams.ts';
import { fed, SOURCE } from './recorded.ts';
import { decoded, probed, writtenParts } from './written-parts.ts';

const CODECS = ['h264', 'vp8', 'vp9', 'av1'] as const;

/** As a process leaves it that dies in the midst of a stream. */
function unfinished(codec: (typeof CODECS)[number]): Buffer {
  const recorder = new StreamRecorder();
  const actions = [...recorder.source(SOURCE), ...fed(recorder, [...realVideo(codec), ...silence()])];
  return writtenParts(actions)[0] ?? Buffer.alloc(0);
}

function onDisk(bytes: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-repair-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, '0000.webm');
  writeFileSync(path, bytes);
  return path;
}

describe.each(CODECS)('a file of %s that was never ended', (codec) => {
  it('has its duration and can be sought in once it is repaired', async () => {
    const path = onDisk(unfinished(codec));
    const repaired = await repairMatroska(path);
    const file = readFileSync(path);
    expect(repaired?.bytes).toBe(file.length);
    const { format } = await probed(file);
    expect(Number(format.duration) * 1000).toBeCloseTo(repaired?.durationMs ?? 0, -2);
    expect(await decoded(file, 1.1)).toMatchObject({ words: '' });
    expect((await decoded(file, 1.1)).pictures).toBeGreaterThan(2);
  });
});

it('what was cut off in the midst of a cluster ends with the one before', async () => {
  const whole = unfinished('vp8');
  const before = onDisk(whole);
  const path = onDisk(whole.subarray(0, whole.length - 100));
  const [full, cut] = [await repairMatroska(before), await repairMatroska(path)];
  expect(cut?.durationMs).toBeLessThan(full?.durationMs ?? 0);
  expect(await decoded(readFileSync(path))).toMatchObject({ words: '' });
});

it.skipIf(hasNoSmallDisk)('on a disk that has no room for its index a file is ended without one', async () => {
  const recorder = new StreamRecorder();
  const actions = [...recorder.source(SOURCE), ...fed(recorder, silence({ count: 30_000 }))];
  const folder = mkdtempSync(join(tmpdir(), 'freshet-repair-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const disk = new SmallDisk(folder, 8);
  onTestFinished(() => disk.close());
  const path = join(folder, '0000.webm');
  writeFileSync(path, writtenParts(actions)[0] ?? '');
  const withIndex = await repairMatroska(onDisk(readFileSync(path)));
  await disk.fillUpTo(0);
  const repaired = await repairMatroska(path);
  expect(repaired?.durationMs).toBe(withIndex?.durationMs);
  expect(repaired?.bytes).toBeLessThan(withIndex?.bytes ?? 0);
  const file = readFileSync(path);
  expect(file.length).toBe(repaired?.bytes);
  expect(Number((await probed(file)).format.duration) * 1000).toBeCloseTo(repaired?.durationMs ?? 0, -1);
  expect(await decoded(file, 500)).toMatchObject({ words: '' });
});

it('a second repair changes nothing', async () => {
  const path = onDisk(unfinished('av1'));
  const first = await repairMatroska(path);
  const bytes = readFileSync(path);
  expect(await repairMatroska(path)).toEqual(first);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['something else', Buffer.from('<!doctype html>'.repeat(100))],
  ['half a head', unfinished('vp8').subarray(0, 80)],
])('%s is left as it is', async (_, bytes) => {
  const path = onDisk(bytes);
  expect(await repairMatroska(path)).toBeUndefined();
  expect(readFileSync(path).equals(bytes)).toBe(true);
});
