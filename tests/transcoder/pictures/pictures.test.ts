import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '#src/ffmpeg.ts';
import { readPicture } from '#src/images/picture.ts';
import { thumbnailKey } from '#src/storage/keys.ts';
import { LocalStorage } from '#src/storage/local-storage.ts';
import { Ffmpeg } from '../../../transcoder/ffmpeg.ts';
import { firstPicture, type Look } from '../../../transcoder/pictures/keyframe-look.ts';
import { picturesOf } from '../../../transcoder/pictures/pictures-job.ts';
import { contrastOf } from '../../../transcoder/pictures/poster.ts';
import { thumbnail, thumbnailsOf } from '../../../transcoder/pictures/thumbnails-job.ts';
import { afterTest } from '../../support/after-test.ts';
import { requireTool, ffmpeg as tool } from '../../support/tools.ts';
import { until } from '../../support/until.ts';

const log = pino({ level: 'silent' });
const signal = new AbortController().signal;
let ffmpeg: Ffmpeg;

beforeAll(async () => {
  const found = Ffmpeg.of(await findFfmpeg(requireTool(tool)));
  if (typeof found === 'string') throw new Error(found);
  ffmpeg = found;
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-pictures-'));
  afterTest(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A few seconds of test pictures, or of black first. */
function filmed(path: string, { size = '1280x720', codec = 'libx264', seconds = 4, blackFor = 0 } = {}): string {
  const filter = `testsrc2=size=${size}:rate=10,drawbox=c=black:t=fill:enable='lt(t,${blackFor})'`;
  const args = ['-v', 'error', '-f', 'lavfi', '-i', filter, '-t', String(seconds), '-pix_fmt', 'yuv420p', '-g', '10'];
  const quickly = codec.startsWith('libvpx') ? ['-deadline', 'realtime', '-cpu-used', '8'] : ['-preset', 'ultrafast'];
  const made = spawnSync(requireTool(tool), [...args, '-c:v', codec, ...quickly, '-f', 'matroska', '-y', path]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  return path;
}

/** As the server's feed has it: one picture, and what comes after it. */
async function keyframeOf(options: Parameters<typeof filmed>[1] = {}) {
  const bytes = readFileSync(filmed(join(temporary(), 'x.mkv'), options));
  const found = await firstPicture(chunks(bytes));
  if (!found) throw new Error('no picture');
  return found;
}

async function* chunks(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
}

// Every ffmpeg here gives way to whatever else runs.
const SLOWLY = { timeout: 120_000 };

describe('the picture of a live stream', SLOWLY, () => {
  it.each([
    ['libx264', '1280x720', { width: 640, height: 360 }],
    ['libvpx', '640x360', { width: 640, height: 360 }],
    ['libvpx-vp9', '320x240', { width: 320, height: 240 }],
    ['libx264', '720x1280', { width: 640, height: 1_138 }],
  ])('is made of a keyframe of %s of %s', async (codec, size, expected) => {
    const picture = await thumbnail(ffmpeg, await keyframeOf({ codec, size, seconds: 1 }), signal);
    expect(readPicture(picture)).toMatchObject({ format: 'webp', ...expected });
    expect(picture.length).toBeLessThan(40_000);
  });

  it('is kept while the stream lives, skipped where nothing is new, and gone with it', async () => {
    const storage = new LocalStorage(temporary());
    const frame = await keyframeOf({ seconds: 1 });
    const looks: Look[] = [undefined, { ...frame, ms: 1 }, { ...frame, ms: 1 }, { ...frame, ms: 2 }];
    const puts: number[] = [];
    const put = storage.put.bind(storage);
    storage.put = async (...given) => {
      puts.push(looks.length);
      await put(...given);
    };
    let isOver = false;
    const look = async (): Promise<Look> => (isOver ? 'over' : looks.shift());
    const running = thumbnailsOf('s1', look, { ffmpeg, storage, log, signal, periodMs: 1, isBusy: () => false });
    await until('all was looked at', () => looks.length === 0 && puts.length === 2, { timeoutMs: 60_000 });
    expect(puts).toEqual([2, 0]);
    expect(await storage.head(thumbnailKey('s1'))).toBeDefined();
    isOver = true;
    await running;
    expect(await storage.head(thumbnailKey('s1'))).toBeUndefined();
  });

  it('is missing where ffmpeg makes nothing of it, and the next one is made', async () => {
    const storage = new LocalStorage(temporary());
    const frame = await keyframeOf({ seconds: 1 });
    const looks: Look[] = [
      { ms: 1, bytes: Buffer.alloc(5_000, 7) },
      { ms: 2, bytes: frame.bytes.slice(0, 800) },
    ];
    const look = async (): Promise<Look> => looks.shift() ?? { ...frame, ms: 3 };
    const stop = new AbortController();
    const means = { ffmpeg, storage, log, signal: stop.signal, periodMs: 1, isBusy: () => false };
    const running = thumbnailsOf('s1', look, means);
    const isThere = async () => (await storage.head(thumbnailKey('s1'))) !== undefined;
    await until('a picture is there', isThere, { timeoutMs: 60_000 });
    stop.abort(new Error('the transcoder ends'));
    await expect(running).rejects.toThrow();
    expect(await storage.head(thumbnailKey('s1'))).toBeUndefined();
  });

  it('is made at once, and waits where the machine is busy, though not for ever', async () => {
    const stop = new AbortController();
    let looks = 0;
    const look = async (): Promise<Look> => {
      looks += 1;
      if (looks === 2) stop.abort(new Error('seen'));
      return { ms: looks, bytes: Buffer.alloc(9) };
    };
    let asked = 0;
    const isBusy = () => {
      asked += 1;
      return true;
    };
    const storage = new LocalStorage(temporary());
    const means = { ffmpeg, storage, log, signal: stop.signal, periodMs: 1, isBusy };
    await expect(thumbnailsOf('s1', look, means)).rejects.toThrow();
    expect(asked).toBe(7);
  });
});

describe('the pictures of a recording', SLOWLY, () => {
  const partOf = (file: string) => ({
    ...({ number: 0, file, videoCodec: 'h264', hasAudio: false, width: 1_280, height: 720 } as const),
    ...{ startedAt: new Date(), durationMs: 12_000, bytes: 1 },
  });

  it('are a poster with something to see, a sheet, and what says which tile is when', async () => {
    const workFolder = temporary();
    const file = filmed(join(workFolder, '0000.mkv'), { size: '320x180', seconds: 6, blackFor: 1.5 });
    const shares: number[] = [];
    const progress = (share: number) => shares.push(share);
    const stretches = [{ file, startSeconds: 0, seconds: 6 }];
    const made = await picturesOf({ parts: [partOf('0000.mkv')] }, stretches, {
      ffmpeg,
      signal,
      workFolder,
      progress,
      log,
    });
    // A tenth in, and a fifth, it is black.
    expect(made.poster).toMatch(/poster-2\.webp$/);
    expect(readPicture(readFileSync(made.poster))).toMatchObject({ format: 'webp', width: 320, height: 180 });
    expect(readPicture(readFileSync(made.sheet))).toMatchObject({ format: 'webp', width: 3 * 160, height: 90 });
    expect(made.vtt.match(/xywh/g)).toHaveLength(3);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  it('can not be made of what is no picture, and that is said', async () => {
    const workFolder = temporary();
    const stretches = [{ file: join(import.meta.dirname, 'pictures.test.ts'), startSeconds: 0, seconds: 12 }];
    const means = { ffmpeg, signal, workFolder, progress: () => {}, log };
    await expect(picturesOf({ parts: [partOf('x')] }, stretches, means)).rejects.toThrow('no picture that can be read');
  });
});

it('black has no contrast, and a test picture has', () => {
  expect(contrastOf(new Uint8Array(256).fill(16))).toBe(0);
  expect(contrastOf(Uint8Array.from({ length: 256 }, (_, i) => i))).toBeGreaterThan(70);
});
