import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { FormerVersions } from '../../src/storage/former-versions.ts';
import { LocalStorage } from '../../src/storage/local-storage.ts';
import { newChannel, newFolder, newOwner, silentLog, TestPostgres } from '../support/database.ts';
import { momentsOf } from '../support/file-lips.ts';
import { makeFlashFilm } from '../support/flash-film.ts';
import { encode as encodeIn, newRecording as newRecordingIn, type PartSource } from '../support/recordings-for-jobs.ts';
import { TranscoderProcess } from '../support/transcoder-process.ts';

const run = promisify(execFile);
const HIGH_SSIM = 0.9;
/** Pictures go to the nearest of regular times, and an encoder of sound has a few milliseconds of its own. */
const MOST_SHIFT_MS = 34;
const DAY_MS = 86_400_000;

let postgres: TestPostgres;
let db: Database;
let channelId: string;
let dataDir: string;
let transcoder: TranscoderProcess;

beforeAll(async () => {
  postgres = await TestPostgres.start();
  db = await postgres.open();
  const { id: ownerId } = await newOwner(db);
  channelId = (await newChannel(db, { slug: 'ann', ownerId })).id;
  dataDir = await newFolder();
  transcoder = await TranscoderProcess.start({ DATA_DIR: dataDir, DATABASE_URL: db.url });
});
afterAll(async () => {
  await transcoder.stop();
  await db.close();
  await postgres.close();
  await rm(dataDir, { recursive: true, force: true });
});

const picture = (size: string, seconds: number, rate = 30) => [
  ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${seconds}`],
];
const sound = (seconds: number) => ['-f', 'lavfi', '-i', `sine=440:r=48000:d=${seconds}`];
const VP8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1500k'];
const OPUS = ['-c:a', 'libopus'];
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

const camera = (width: number, height: number, seconds: number): PartSource => ({
  args: [...picture(`${width}x${height}`, seconds), ...sound(seconds), ...VP8, ...OPUS, '-f', 'webm'],
  part: { videoCodec: 'vp8', hasAudio: true, width, height, durationMs: seconds * 1000 },
});

const newRecording = (sources: readonly PartSource[]) => newRecordingIn({ db, dataDir, channelId }, sources);
const encode = (recordingId: string, detail = {}) => encodeIn({ db, channelId }, recordingId, detail);

interface Made {
  readonly name: string;
  readonly codecs: string;
  readonly width: number;
  readonly height: number;
  readonly path: string;
}

async function manifestOf(recordingId: string): Promise<{ seconds: number; made: Made[]; files: string[] }> {
  const run = (await db.recordings.byId(recordingId))?.renditionsRun ?? '';
  const folder = join(dataDir, 'recordings', recordingId, 'dash', run);
  const text = await readFile(join(folder, 'manifest.mpd'), 'utf8');
  const seconds = Number(/mediaPresentationDuration="PT(?:(\d+)M)?([\d.]+)S"/.exec(text)?.[2]);
  const made = [...text.matchAll(/<Representation [^>]*codecs="([^"]+)"([^>]*)>[\s\S]*?<BaseURL>([^<?]+)/g)].map(
    ([, codecs = '', rest = '', name = '']) => ({
      ...{ name, codecs, path: join(folder, name) },
      width: Number(/\swidth="(\d+)"/.exec(rest)?.[1]),
      height: Number(/\sheight="(\d+)"/.exec(rest)?.[1]),
    }),
  );
  return { seconds, made, files: (await readdir(folder)).toSorted() };
}

async function keyframesOf(path: string): Promise<number[]> {
  const entries = ['-select_streams', 'v', '-show_entries', 'packet=pts_time,flags', '-of', 'csv=p=0'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...entries, path]);
  return stdout.split('\n').flatMap((line) => (line.includes(',K') ? [Number(line.split(',')[0])] : []));
}

async function lengthOf(path: string): Promise<number> {
  const { stderr } = await run('ffmpeg', ['-hide_banner', '-i', path, '-f', 'null', '-']);
  const [, minutes, seconds] = [...stderr.matchAll(/time=\d+:(\d+):([\d.]+)/g)].at(-1) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

test('a recording is offered in sizes up to its own, with keyframes side by side and as long as it was', async () => {
  const id = await newRecording([camera(1280, 720, 6)]);
  expect(await encode(id)).toMatchObject({ status: 'done', problem: null, attempt: 1 });
  const { seconds, made, files } = await manifestOf(id);
  expect(seconds).toBeCloseTo(6, 0);
  const pictures = made.filter(({ codecs }) => codecs.startsWith('av01.'));
  expect(pictures.map(({ width, height }) => `${width}x${height}`)).toEqual([
    '1280x720',
    '854x480',
    '640x360',
    '426x240',
  ]);
  expect(made.filter(({ codecs }) => codecs === 'opus')).toHaveLength(1);
  expect(files).toEqual([...made.map(({ name }) => name), 'manifest.mpd'].toSorted());
  const keyframes = await Promise.all(pictures.map(({ path }) => keyframesOf(path)));
  expect(keyframes[0]?.length).toBeGreaterThan(1);
  for (const times of keyframes) expect(times).toEqual(keyframes[0]);
  for (const { path } of made) expect(Math.abs((await lengthOf(path)) - 6)).toBeLessThan(0.1);
  const renditions = (await db.renditions.of([id])).get(id) ?? [];
  expect(renditions.map(({ height }) => height)).toEqual([720, 480, 360, 240]);
  expect(renditions[0]?.bytes).toBe((await stat(pictures[0]?.path ?? '')).size);
  const source = join(dataDir, 'recordings', id, '0000.webm');
  const compare = ['-i', pictures[0]?.path ?? '', '-i', source, '-lavfi', '[0:v][1:v]ssim', '-f', 'null', '-'];
  const { stderr } = await run('ffmpeg', ['-hide_banner', ...compare]);
  expect(Number(/All:([\d.]+)/.exec(stderr)?.[1])).toBeGreaterThan(HIGH_SSIM);
}, 180_000);

test('parts of other codecs, sizes and rates, without sound or without a picture, become one timeline', async () => {
  const id = await newRecording([
    camera(640, 360, 3),
    {
      args: [...picture('360x480', 2, 25), ...H264, '-f', 'matroska'],
      part: { videoCodec: 'h264', hasAudio: false, width: 360, height: 480, durationMs: 2000 },
    },
    {
      args: [...sound(2), ...OPUS, '-f', 'webm'],
      part: { videoCodec: null, hasAudio: true, width: null, height: null, durationMs: 2000 },
    },
  ]);
  expect(await encode(id, { rungs: [{ height: 240, bitrateBps: 200_000 }] })).toMatchObject({ status: 'done' });
  const { seconds, made } = await manifestOf(id);
  expect(seconds).toBeCloseTo(7, 0);
  expect(made).toHaveLength(2);
  for (const { path } of made) expect(Math.abs((await lengthOf(path)) - 7)).toBeLessThan(0.15);
}, 120_000);

test('a hole in the sound, however short, is a hole, and what follows is with its picture', async () => {
  const film = join(dataDir, 'film.mkv');
  await makeFlashFilm(film, { seconds: 8, width: 320, height: 180, bitrateKbps: 300 });
  // Of 20 and of 60 ms: the first has the resampler at work when the second comes.
  const holes = ['-bsf:a', 'noise=amount=0:drop=eq(n\\,50)+between(n\\,188\\,190)'];
  const id = await newRecording([
    {
      args: ['-i', film, '-c', 'copy', ...holes, '-f', 'matroska'],
      part: { videoCodec: 'h264', hasAudio: true, width: 320, height: 180, durationMs: 8000 },
    },
  ]);
  expect(await encode(id)).toMatchObject({ status: 'done' });
  const { made } = await manifestOf(id);
  const pathOf = (codec: string) => made.find(({ codecs }) => codecs.startsWith(codec))?.path ?? '';
  const before = await momentsOf(join(dataDir, 'recordings', id, '0000.webm'));
  const after = await momentsOf(pathOf('av01'), pathOf('opus'));
  expect(before.length).toBeGreaterThan(2);
  expect(after).toHaveLength(before.length);
  for (const [index, { atS, offsetMs }] of before.entries())
    expect(Math.abs((after[index]?.offsetMs ?? Number.NaN) - offsetMs), `at ${atS} s`).toBeLessThan(MOST_SHIFT_MS);
}, 120_000);

test('an upright picture of odd sides stays upright, and sound alone is sound alone', async () => {
  const upright = await newRecording([
    {
      args: [...picture('271x481', 2), ...VP8, '-f', 'webm'],
      part: { videoCodec: 'vp8', hasAudio: false, width: 271, height: 481, durationMs: 2000 },
    },
  ]);
  expect(await encode(upright)).toMatchObject({ status: 'done' });
  const { made } = await manifestOf(upright);
  expect(made.map(({ width, height }) => `${width}x${height}`)).toEqual(['240x426']);
  const heard = await newRecording([
    {
      args: [...sound(2), ...OPUS, '-f', 'webm'],
      part: { videoCodec: null, hasAudio: true, width: null, height: null, durationMs: 2000 },
    },
  ]);
  expect(await encode(heard)).toMatchObject({ status: 'done' });
  expect((await manifestOf(heard)).made.map(({ codecs }) => codecs)).toEqual(['opus']);
}, 120_000);

test('made again, the new versions are shown at once, and who watches the old ones goes on for a day', async () => {
  const id = await newRecording([camera(426, 240, 2)]);
  expect(await encode(id)).toMatchObject({ status: 'done' });
  const before = await manifestOf(id);
  expect(await encode(id)).toMatchObject({ status: 'done' });
  const after = await manifestOf(id);
  expect(after.files).toEqual(before.files);
  expect(after.made[0]?.path).not.toBe(before.made[0]?.path);
  for (const { path } of [...before.made, ...after.made]) expect((await stat(path)).size).toBeGreaterThan(1_000);

  const sweep = (ms: number) =>
    new FormerVersions({
      ...{ store: db.renditions, storage: new LocalStorage(dataDir), log: silentLog },
      now: () => Date.now() + ms,
    }).sweep();
  await db.renditions.begin({ recordingId: id, run: 'crashed-1' });
  const half = join(dataDir, 'recordings', id, 'dash', 'crashed-1');
  await mkdir(half);
  await sweep(DAY_MS - 60_000);
  expect((await readdir(join(half, '..'))).length).toBe(3);
  await sweep(DAY_MS + 60_000);
  expect(await readdir(join(half, '..'))).toEqual([(await db.recordings.byId(id))?.renditionsRun]);
  expect((await manifestOf(id)).files).toEqual(after.files);
  expect(await db.renditions.outdated(new Date(Date.now() + 9 * DAY_MS), 9)).toEqual([]);
}, 120_000);

test('sizes above the source are told, and change nothing', async () => {
  const id = await newRecording([camera(426, 240, 1)]);
  const above = await encode(id, { rungs: [{ height: 1080, bitrateBps: 2_000_000 }] });
  expect(above).toMatchObject({ status: 'failed', attempt: 1 });
  expect(above.problem).toContain('above that of the recording');
  expect(await readdir(join(dataDir, 'recordings', id))).toEqual(['0000.webm']);
}, 60_000);

test('a source that is no video fails with the words of ffmpeg, after three tries, and leaves nothing', async () => {
  const id = await newRecording([camera(320, 240, 1)]);
  await writeFile(join(dataDir, 'recordings', id, '0000.webm'), Buffer.alloc(50_000, 7));
  const failed = await encode(id);
  expect(failed).toMatchObject({ status: 'failed', attempt: 3, failures: 3 });
  expect(failed.problem).toMatch(/^ffmpeg: .*(EBML|Invalid data)/);
  expect(failed.problem).not.toContain(dataDir);
  expect(await readdir(join(dataDir, 'recordings', id))).toEqual(['0000.webm']);
}, 120_000);
