import { buffer } from 'node:stream/consumers';
import type { Ffmpeg } from '../ffmpeg.ts';
import { posterArgs } from './picture-args.ts';
import type { Stretch } from './sprite.ts';

/** Where a good picture may be, the best guess first. */
const SHARES = [0.1, 0.2, 0.35, 0.55, 0.8, 0.02] as const;
/** Of 255: a picture with less is black, white, or a plain card. */
const ENOUGH_CONTRAST = 12;

/** How far grey pixels lie from their mean (standard deviation). */
export function contrastOf(pixels: Uint8Array): number {
  if (pixels.length === 0) return 0;
  const mean = pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length;
  return Math.sqrt(pixels.reduce((sum, pixel) => sum + (pixel - mean) ** 2, 0) / pixels.length);
}

/** The file in which a share of the whole lies, and where in it. */
export function momentAt(stretches: readonly Stretch[], share: number): { input: string; seconds: number } | undefined {
  let left = share * stretches.reduce((sum, { seconds }) => sum + seconds, 0);
  for (const { file, seconds } of stretches) {
    if (left < seconds) return { input: file, seconds: left };
    left -= seconds;
  }
  const last = stretches.at(-1);
  return last && { input: last.file, seconds: 0 };
}

interface PosterMeans {
  readonly ffmpeg: Ffmpeg;
  readonly signal: AbortSignal;
  /** Of a file yet to be made. */
  readonly nameOf: (index: number) => string;
}

/** The first of some pictures that has anything to see, else the one with most. `undefined` where none could be read. */
export async function makePoster(stretches: readonly Stretch[], means: PosterMeans): Promise<string | undefined> {
  let best: { readonly path: string; readonly contrast: number } | undefined;
  for (const [index, share] of SHARES.entries()) {
    const moment = momentAt(stretches, share);
    if (!moment) return undefined;
    const path = means.nameOf(index);
    const sample = await pictureAt(moment, path, means).catch(() => new Uint8Array(0));
    means.signal.throwIfAborted();
    if (sample.length === 0) continue;
    const contrast = contrastOf(sample);
    if (contrast >= ENOUGH_CONTRAST) return path;
    if (!best || contrast > best.contrast) best = { path, contrast };
  }
  return best?.path;
}

async function pictureAt(
  moment: { input: string; seconds: number },
  path: string,
  { ffmpeg, signal }: PosterMeans,
): Promise<Uint8Array> {
  const { input, outputs, ended } = ffmpeg.pipe({ args: posterArgs(moment, path), signal });
  input.end();
  const [output] = outputs;
  const [sample] = await Promise.all([output ? buffer(output) : Buffer.alloc(0), ended]);
  return sample;
}
