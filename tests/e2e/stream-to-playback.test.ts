import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { nextNumber } from '../../src/dash/live-index.ts';
import { Api } from '../support/api.ts';
import { openBrowser } from '../support/browser.ts';
import { busyTranscoder } from '../support/busy-transcoder.ts';
import { DashWatcher, STALL_MS } from '../support/dash-watcher.ts';
import type { EncoderProcess } from '../support/encoder-process.ts';
import { encodeRecording } from '../support/encoding.ts';
import { publishWithFfmpeg } from '../support/ffmpeg-client.ts';
import { momentsOf } from '../support/file-lips.ts';
import { FLASH_EVERY_S, makeFlashFilm } from '../support/flash-film.ts';
import { RecordingWatcher } from '../support/recording-watcher.ts';
import { median, type Screened } from '../support/screening.ts';
import { Server } from '../support/server.ts';
import { ffmpegWhip, isInstalled } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** Ten minutes for those who have them: `STREAM_SECONDS=600`. */
const SECONDS = Number(process.env['STREAM_SECONDS'] ?? 40);
const HALF_MS = (SECONDS / 2) * 1000;
/** Beyond the stream itself, for starting, waiting and measuring. */
const AROUND_MS = 240_000;
/** Of encoding: a machine may be slower than what it encodes. */
const ENCODING_MS = 90_000 + SECONDS * 3000;

/** What viewers of DASH are behind at most. */
const MOST_BEHIND_MS = 4_000;
/** From the encoder's return until its viewers are there again. */
const BACK_MS = 20_000;
/** Two until another one is asked, and then as after the encoder's return. */
const TAKEN_OVER_MS = 2_000 + BACK_MS;
/** Of an encoder, until it sends. */
const STARTING_MS = 4_000;
/** In the file times are exact: half a picture, once the reports of an encoder that has just begun are made up for. */
const IN_STEP_IN_FILE_MS = 20;
const SETTLED_S = 8;
/** By encoding: pictures go to the nearest of regular times, and an encoder of sound has a few milliseconds of its own. */
const MOST_SHIFT_MS = 34;
/** What people do not notice, by far (ITU-R BT.1359: 45 ms early, 125 ms late). */
const IN_STEP_MS = 80;

/** Enough for 240 lines, and not for 480. */
const THIN_BPS = 350_000;
const WIDE_BPS = 8_000_000;
/** What is buffered when a link changes is played first. */
const SWITCH_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'freshet-journey-'));
const film = join(folder, 'film.mkv');
let browser: Browser;
let server: Server;
let api: Api;

beforeAll(async () => {
  [browser] = await Promise.all([openBrowser(), makeFlashFilm(film, { seconds: SECONDS + 120 })]);
}, AROUND_MS);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  await server?.stop();
});

interface Recording {
  readonly id: string;
  readonly state: string;
  readonly durationMs: number;
  readonly parts: readonly unknown[];
}

const WAYS = [
  { way: 'by one transcoder', transcoders: 1 },
  { way: 'by two transcoders, of which whoever encodes is killed twice', transcoders: 2 },
] as const;

describe.skipIf(!process.env['CI'] && !isInstalled(ffmpegWhip)).each(WAYS)('$way', ({ transcoders }) => {
  const isKilling = transcoders > 1;

  beforeEach(async () => {
    server = await Server.start({ env: { TRANSCODERS: String(transcoders) } });
    api = await Api.setUp(server);
  });

  test(
    'what an encoder sends is seen live, recorded and made smaller, in step all the way',
    async () => {
      const told: Record<string, unknown> = {};
      onTestFinished(() => {
        process.stdout.write(`${JSON.stringify(told, null, 1)}\n`);
      });
      const { slug, key } = await api.createChannel('journey');
      await api.patch(`/channels/${slug}`, { isRecorded: true, isAdaptive: true });
      const publish = () => publishWithFfmpeg({ whipUrl: `${server.url}/whip`, key, file: film });

      const startedMs = performance.now();
      let encoder = publish();
      const streamId = await isLive(slug, encoder);
      const viewer = await DashWatcher.open(browser, server, { slug, streamId });
      await viewer.isBack(0, { mostBehindMs: MOST_BEHIND_MS, withinMs: BACK_MS });
      told['seen by DASH after s'] = seconds(performance.now() - startedMs);
      const before = await viewer.watch(6_000);
      told['behind before, ms'] = before.mostBehindMs;
      expect(before.longestStallMs).toBeLessThan(STALL_MS);
      expect(before.mostBehindMs).toBeLessThan(MOST_BEHIND_MS);
      await viewer.watch(Math.max(0, HALF_MS - (performance.now() - startedMs)));

      const seamS = (performance.now() - startedMs) / 1000;
      await encoder.kill();
      const cut = nextNumber(viewer.index);
      encoder = publish();
      const returnedMs = performance.now();
      const backFrom = (edge: number, withinMs: number) =>
        viewer.isBack(edge, { mostBehindMs: MOST_BEHIND_MS, withinMs });
      told['back after the encoder, s'] = seconds(await backFrom(cut, BACK_MS));
      if (isKilling) {
        const edge = nextNumber(viewer.index);
        process.kill(await until('somebody encodes', () => busyTranscoder(server)), 'SIGKILL');
        told['back after the transcoder, s'] = seconds(await backFrom(edge + 1, TAKEN_OVER_MS));
      }
      const after = await viewer.watch(6_000);
      told['behind after, ms'] = after.mostBehindMs;
      told['live lips, ms'] = median([...before.offsetsMs, ...after.offsetsMs]);
      expect(after.longestStallMs).toBeLessThan(STALL_MS);
      expect(after.mostBehindMs).toBeLessThan(MOST_BEHIND_MS);
      await viewer.watch(Math.max(0, HALF_MS - (performance.now() - returnedMs)));
      expect(await encoder.stop(), encoder.output).toBe(0);
      const lastedMs = performance.now() - startedMs;

      const recording = await recorded(slug);
      const files = join(server.dataDir, 'recordings', recording.id);
      told['recorded, s'] = seconds(recording.durationMs);
      expect(recording.parts).toHaveLength(1);
      expect(Math.abs(recording.durationMs - lastedMs)).toBeLessThan(STARTING_MS);
      const moments = await momentsOf(join(files, '0000.mkv'));
      told['flashes in the file'] = moments.length;
      told['lips in the file, ms'] = range(moments.map(({ offsetMs }) => offsetMs));
      expect(moments.length).toBeGreaterThan(SECONDS / FLASH_EVERY_S - 4);
      for (const { atS, offsetMs } of moments) expect(Math.abs(offsetMs), `at ${atS} s`).toBeLessThan(IN_STEP_MS);
      const settled = moments.filter(({ atS }) => atS > SETTLED_S && Math.abs(atS - seamS) > SETTLED_S);
      told['lips in the file once settled, ms'] = range(settled.map(({ offsetMs }) => offsetMs));
      for (const { atS, offsetMs } of settled)
        expect(Math.abs(offsetMs), `at ${atS} s`).toBeLessThan(IN_STEP_IN_FILE_MS);

      const encodingMs = performance.now();
      const steps: number[] = [];
      let isKilled = !isKilling;
      const job = await encodeRecording(api, recording.id, {
        withinMs: ENCODING_MS,
        onProgress: (progress) => {
          steps.push(progress);
          const busy = isKilled || progress < 0.4 ? undefined : busyTranscoder(server);
          if (busy === undefined) return;
          process.kill(busy, 'SIGKILL');
          isKilled = true;
        },
      });
      told['versions made in s'] = seconds(performance.now() - encodingMs);
      expect(job).toMatchObject({ status: 'done', attempt: isKilling ? 2 : 1 });
      expect(steps.filter((step) => step > 0.1 && step < 0.9).length).toBeGreaterThan(2);
      const made = versionsIn(join(files, 'dash'));
      told['versions'] = made.pictures.map(heightOf).join(' ');
      for (const version of made.pictures) {
        const offsets = (await momentsOf(version, made.sound)).map(({ offsetMs }) => offsetMs);
        told[`lips in ${heightOf(version)}p, ms`] = range(offsets);
        expect(offsets).toHaveLength(moments.length);
        for (const [index, { atS, offsetMs }] of moments.entries()) {
          const shiftMs = (offsets[index] ?? Number.NaN) - offsetMs;
          expect(Math.abs(shiftMs), `at ${atS} s`).toBeLessThan(MOST_SHIFT_MS);
        }
      }

      await isPlayed(`${server.url}/${slug}/recordings/${recording.id}`, seamS, told);
    },
    SECONDS * 1000 + ENCODING_MS + AROUND_MS,
  );
});

/** In step at its beginning, at its end and where the encoder came back, and in the size that the link carries. */
async function isPlayed(url: string, seamS: number, told: Record<string, unknown>): Promise<void> {
  const viewer = await RecordingWatcher.open(browser, url, seamS - 5);
  const overSeam = await viewer.watch(10_000);
  await viewer.goTo(1);
  const early = await viewer.watch(6_000);
  await viewer.goTo(7);
  const late = await viewer.watch(6_000);
  for (const [place, seen] of Object.entries({ overSeam, early, late })) {
    told[`played ${place}`] = `lips ${range(seen.offsetsMs)} ms, stalled ${Math.round(seen.longestStallMs)} ms`;
    expect(Math.abs(median(seen.offsetsMs)), place).toBeLessThan(IN_STEP_MS);
    expect(seen.longestStallMs, place).toBeLessThan(STALL_MS);
  }

  // Another page, which has buffered nothing yet.
  const traveller = await RecordingWatcher.open(browser, url, 0);
  await traveller.link(THIN_BPS);
  const fall = await traveller.sees(240, SWITCH_MS);
  told['on a thin link'] = switched(fall);
  await traveller.link(WIDE_BPS);
  const rise = await traveller.sees(480, SWITCH_MS);
  told['on a wide link'] = switched(rise);
  for (const { longestStallMs } of [fall, rise]) expect(longestStallMs).toBeLessThan(STALL_MS);
}

/** Once it is ready. */
function recorded(slug: string): Promise<Recording> {
  return until('the recording is ready', async () => {
    const [latest] = (await api.get<{ items: readonly Recording[] }>(`/channels/${slug}/recordings`)).items;
    return latest?.state === 'ready' && latest;
  });
}

/** In the folder of the one run that made them. */
function versionsIn(dash: string): { pictures: readonly string[]; sound: string } {
  const files = readdirSync(dash, { recursive: true, encoding: 'utf8' }).map((name) => join(dash, name));
  return {
    pictures: files.filter((file) => HEIGHT.test(file)),
    sound: files.find((file) => file.endsWith('/sound.webm')) ?? '',
  };
}

const HEIGHT = /\/(\d+)p\.webm$/;
const heightOf = (file: string) => Number(HEIGHT.exec(file)?.[1]);

async function isLive(slug: string, encoder: EncoderProcess): Promise<string> {
  return until('it is live', async () => {
    const { state, stream } = await api.live(slug);
    return state === 'live' && stream?.id;
  }).catch((cause) => {
    throw new Error(`The encoder said:\n${encoder.output}`, { cause });
  });
}

const seconds = (ms: number) => Math.round(ms / 100) / 10;
const range = (values: readonly number[]) => `${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))}`;
const switched = ({ watchedMs, longestStallMs, sizes }: Screened) =>
  `${sizes.map(({ height }) => height).join(', ')} lines after ${seconds(watchedMs)} s, stalled ${Math.round(longestStallMs)} ms`;
