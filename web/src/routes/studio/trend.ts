import type { SentVideo } from './sent-video.ts';

/** One second of the show. */
export interface Sample {
  readonly bitrateBps: number;
  readonly framesPerSecond: number;
  readonly roundTripMs: number | undefined;
  readonly lossShare: number | undefined;
  readonly viewers: number;
}

/** How far the small charts look back. */
const KEPT = 120;

export function sampleOf(sent: SentVideo, viewers: number): Sample {
  const { bitrateBps, framesPerSecond, roundTripMs, lossShare } = sent;
  return { bitrateBps, framesPerSecond, roundTripMs, lossShare, viewers };
}

export function withSample(trend: readonly Sample[], sample: Sample): readonly Sample[] {
  return [...trend.slice(1 - KEPT), sample];
}

/**
 * The line of a small chart, as an SVG path in a box of `width` x `height`, the newest at the right edge. It breaks where
 * nothing is known. `least`: what reaches the top at least, so that a quiet line stays low.
 */
export function chartPath(
  values: readonly (number | undefined)[],
  box: { width: number; height: number },
  least: number,
): string {
  const top = Math.max(least, ...values.map((value) => value ?? 0));
  const step = box.width / (KEPT - 1);
  const from = box.width - step * (values.length - 1);
  let path = '';
  let isDrawing = false;
  values.forEach((value, at) => {
    if (value !== undefined) {
      const x = (from + at * step).toFixed(1);
      const y = (box.height - (Math.max(0, value) / top) * box.height).toFixed(1);
      path += `${isDrawing ? 'L' : 'M'}${x} ${y}`;
    }
    isDrawing = value !== undefined;
  });
  return path;
}
