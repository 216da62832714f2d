import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { liveDashPrefix, liveIndexKey } from '../../../src/dash/live-files.ts';
import { type LiveIndex, readLiveIndex } from '../../../src/dash/live-index.ts';
import { findFfmpeg } from '../../../src/ffmpeg.ts';
import { LocalStorage } from '../../../src/storage/local-storage.ts';
import { Ffmpeg } from '../../../transcoder/ffmpeg.ts';
import { liveStream } from '../../../transcoder/live/live-job.ts';
import { afterTest } from '../../support/after-test.ts';
import { FedServer } from './fed-server.ts';

const TOKEN = 'of-this-stream';
const STREAM = '0193f000-0000-7000-8000-000000000001';
const run = promisify(execFile);

/** Seconds of a stream that began a while ago; a keyframe every two seconds, as OBS sends them. */
function h264(seconds: number, from: number): string[] {
  const picture = ['-re', '-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=30:duration=${seconds}`];
  const sound = ['-re', '-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`];
  const encoded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '60'];
  return [...picture, ...sound, ...encoded, '-c:a', 'libopus', '-output_ts_offset', String(from)];
}

async function ladderOf(feeds: readonly (readonly string[])[], { windowSeconds = 60, hidden = '' } = {}) {
  const found = await findFfmpeg(undefined);
  const ffmpeg = Ffmpeg.of({ ...found, encoders: found.encoders?.filter((name) => name !== hidden) ?? [] });
  if (typeof ffmpeg === 'string') throw new Error(ffmpeg);
  const folder = mkdtempSync(join(tmpdir(), 'freshet-live-'));
  afterTest(() => rmSync(folder, { recursive: true, force: true }));
  const server = await FedServer.start({ token: TOKEN, feeds });
  afterTest(() => server.close());
  const storage = new LocalStorage(folder);
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
  const signal = AbortSignal.timeout(40_000);
  const place = { serverUrl: server.url, streamId: STREAM, token: TOKEN, windowSeconds };
  const startMs = Date.now();
  await liveStream(place, { ffmpeg, storage, log, signal, speed: 1 });
  const index = readLiveIndex(await readFile(storage.localFile(liveIndexKey(STREAM)), 'utf8'));
  if (!index) throw new Error(`no index: ${lines.join('')}`);
  return { index, server, storage, startMs, folder, lines };
}

/** What a player puts together. */
async function joined({ storage, folder, index }: Ladder, id: string, numbers: readonly number[]): Promise<string> {
  const representation = index.periods[0]?.representations.find((one) => one.id === id);
  const names = [representation?.init ?? '', ...numbers.map((number) => `${number}.webm`)];
  const parts = names.map((name) => readFile(storage.localFile(`${liveDashPrefix(STREAM)}${id}/${name}`)));
  const file = join(folder, `${id}.webm`);
  await writeFile(file, Buffer.concat(await Promise.all(parts)));
  return file;
}

type Ladder = Awaited<ReturnType<typeof ladderOf>>;

async function packetsOf(file: string): Promise<{ seconds: number; isKey: boolean }[]> {
  const shown = ['-show_entries', 'packet=pts_time,flags', '-of', 'csv=p=0'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...shown, file]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [seconds = '', flags = ''] = line.split(',');
      return { seconds: Number(seconds), isKey: flags.startsWith('K') };
    });
}

const numbersOf = ({ periods }: LiveIndex) =>
  periods.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, at) => first + at));

test('a stream becomes segments of exactly one second, and the same pictures go back as layers', async () => {
  const ladder = await ladderOf([h264(7, 7_261.4)]);
  const { index, server, folder, startMs } = ladder;
  expect(index.hasEnded).toBe(true);
  expect(index.periods).toHaveLength(1);
  expect(numbersOf(index)).toEqual([7_261, 7_262, 7_263, 7_264, 7_265, 7_266, 7_267]);
  expect(Math.abs(index.startedAtMs + 7_261_400 - startMs)).toBeLessThan(3_000);
  const { representations = [] } = index.periods[0] ?? {};
  expect(representations.map(({ id }) => id)).toEqual(['480p', '240p', 'audio']);
  expect(representations[1]).toMatchObject({ width: 426, height: 240, frameRate: 30 });
  expect(representations[1]?.codecs).toMatch(/^av01\.0\.\d\dM\.08$/);

  const pictures = await packetsOf(await joined(ladder, '240p', [7_262, 7_263, 7_264]));
  expect(pictures).toHaveLength(90);
  expect(pictures.filter(({ isKey }) => isKey).map(({ seconds }) => seconds)).toEqual([7_262, 7_263, 7_264]);
  await run('ffmpeg', ['-v', 'error', '-xerror', '-i', join(folder, '240p.webm'), '-f', 'null', '-']);
  expect(await packetsOf(await joined(ladder, 'audio', [7_262, 7_263]))).toHaveLength(100);

  expect(server.layers.map(({ name }) => name)).toEqual(['480p', '240p']);
  const times = server.layers[1]?.times ?? [];
  expect(times.length).toBeGreaterThan(200);
  expect(times.at(-1)).toBeGreaterThan(7_268_000);
}, 60_000);

test('where the feed ends and comes again, no number is given out twice', async () => {
  const { index } = await ladderOf([h264(3, 100), h264(3.5, 106.5)]);
  const numbers = numbersOf(index);
  expect(index.periods).toHaveLength(2);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers).toEqual([100, 101, 106, 107, 108]);
}, 60_000);

test('where ffmpeg has no SVT-AV1, libaom makes the same ladder in time', async () => {
  const ladder = await ladderOf([h264(5.5, 200)], { hidden: 'libsvtav1' });
  expect(numbersOf(ladder.index)).toEqual([200, 201, 202, 203, 204]);
  const pictures = await packetsOf(await joined(ladder, '240p', [201, 202, 203]));
  expect(pictures.filter(({ isKey }) => isKey).map(({ seconds }) => seconds)).toEqual([201, 202, 203]);
  expect(ladder.lines.join('')).not.toContain('too_slow');
}, 60_000);
