import type { Ffmpeg } from '../ffmpeg.ts';
import { trialArgs } from './encoder-args.ts';
import { liveLadder } from './live-rungs.ts';

const SECONDS = 2;
const HD = { width: 1280, height: 720 };
const FRAMES_PER_SECOND = 30;

/** How many times as fast as needed this machine makes all rungs of a stream of 720 lines, beside what else it does now. */
export async function measuredSpeed(ffmpeg: Ffmpeg, signal: AbortSignal): Promise<number> {
  const rungs = liveLadder({ source: HD, speed: Number.POSITIVE_INFINITY, dropped: 0 });
  const args = trialArgs({ encoder: ffmpeg.videoEncoder, rungs, framesPerSecond: FRAMES_PER_SECOND, seconds: SECONDS });
  const startMs = performance.now();
  await ffmpeg.pipe({ args, signal }).ended;
  return (SECONDS * 1_000) / (performance.now() - startMs);
}
