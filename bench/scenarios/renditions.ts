import { rm } from 'node:fs/promises';
import { findFfmpeg } from '../../src/ffmpeg.ts';
import { forbidRealTime } from '../../src/native/own-process.ts';
import { Ffmpeg } from '../../transcoder/ffmpeg.ts';
import type { Options } from '../options.ts';
import { Clip } from '../renditions/clip.ts';
import { latency } from '../renditions/latency.ts';
import { liveCost } from '../renditions/live-cost.ts';
import { livePath } from '../renditions/live-path.ts';
import { qualityCurves } from '../renditions/quality.ts';
import { recordedCost } from '../renditions/recorded-cost.ts';
import type { Renditions } from '../renditions/section.ts';

const BITRATES_BPS = [200_000, 400_000, 700_000, 1_200_000, 2_000_000];
const LINES = 480;
const MADE =
  '720p30, a made clip: a pan over textures with the spectrum of photographs, things that move before them, a cut, a little grain';

const WHOLE = {
  clipSeconds: 20,
  qualitySeconds: 10,
  bitrates: BITRATES_BPS,
  turns: { ladder: 3, rung: 2 },
  // As long as the clip, which is repeated: then it does not matter where a turn begins.
  live: { turns: 5, seconds: 20 },
  path: { viewers: 100, pairs: 3, seconds: 15 },
  pictures: 600,
};

/** For trying: one turn of each. */
const QUICK: typeof WHOLE = {
  clipSeconds: 4,
  qualitySeconds: 4,
  bitrates: [300_000, 1_000_000],
  turns: { ladder: 1, rung: 0 },
  live: { turns: 1, seconds: 5 },
  path: { viewers: 20, pairs: 1, seconds: 4 },
  pictures: 60,
};

/** What transcoders cost, what they bring, and what they do to streams beside them. */
export async function renditions({ isQuick, clip: file }: Pick<Options, 'isQuick' | 'clip'>): Promise<Renditions> {
  const length = isQuick ? QUICK : WHOLE;
  // As transcoders are: without it SVT-AV1 would be faster here than there, as root.
  forbidRealTime();
  const found = await findFfmpeg(undefined);
  const ffmpeg = Ffmpeg.of(found);
  if (typeof ffmpeg === 'string') throw new Error(`cannot transcode: ${ffmpeg}`);
  const given = file === undefined ? {} : { file };
  const cost = await Clip.on({ seconds: length.clipSeconds, ...given }, async (clip) => {
    const recorded = await told('recording', () => recordedCost(clip, length.turns));
    const feed = `${clip.file}.feed.mkv`;
    await clip.writeRecording(feed);
    const live = await told('live', () => liveCost(feed, length.live));
    await rm(feed);
    return { recorded, live };
  });
  const quality = await Clip.on({ seconds: length.qualitySeconds, ...given }, async (clip) => {
    const source = { ...(await clip.inLines(LINES)), seconds: clip.seconds };
    return await told('quality', () => qualityCurves(source, length.bitrates, ffmpeg.videoEncoder));
  });
  return {
    ...cost,
    quality,
    encoder: `ffmpeg ${found.version}, ${ffmpeg.videoEncoder}`,
    pictures: file === undefined ? MADE : '720p30, a clip of the one who measured',
    latency: await told('latency', () => latency(length)),
    livePath: await told('live path', () => livePath(length.path)),
  };
}

/** A run takes minutes: says what it is at. */
async function told<T>(what: string, measure: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  const measured = await measure();
  console.log(`  ${what}: ${((performance.now() - startMs) / 1_000).toFixed(0)} s`);
  return measured;
}
