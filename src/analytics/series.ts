import type { Point } from './ports.ts';

export const MAX_POINTS = 500;
const FINEST_SECONDS = 10;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
const STEPS = [
  FINEST_SECONDS,
  ...[0.5, 1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  DAY,
];

/** In columns, as charts take them. `null`: nothing is known of that time. */
export interface Series {
  /** When each step began, in seconds of Unix time. */
  readonly at: number[];
  readonly viewers: (number | null)[];
  readonly ingestBps: (number | null)[];
  readonly egressBps: (number | null)[];
  readonly lossShare: (number | null)[];
  readonly framesPerSecond: (number | null)[];
}

interface Span {
  readonly seconds: number;
  /** What its samples stand for, if they are coarser than they were. */
  readonly coarsestSeconds: number;
}

/** The step that was asked for, or the next one with which it is `MAX_POINTS` at most. */
export function stepSeconds({ seconds, coarsestSeconds }: Span, wanted = 0): number {
  const finest = coarsestSeconds >= MINUTE ? MINUTE : FINEST_SECONDS;
  const least = Math.max(wanted, finest, seconds / MAX_POINTS);
  return wanted === least ? wanted : (STEPS.find((step) => step >= least) ?? Math.ceil(least / DAY) * DAY);
}

export function seriesOf(points: readonly Point[], time: { startMs: number; seconds: number; step: number }): Series {
  const { startMs, seconds, step } = time;
  const count = Math.max(1, Math.ceil(seconds / step));
  const byStep = new Map(points.map((point) => [Math.min(point.step, count - 1), point]));
  const steps = Array.from({ length: count }, (_, index) => index);
  const column = (field: Exclude<keyof Point, 'step'>) => steps.map((index) => byStep.get(index)?.[field] ?? null);
  return {
    at: steps.map((index) => Math.round(startMs / 1000) + index * step),
    viewers: column('viewers'),
    ingestBps: column('ingestBps'),
    egressBps: column('egressBps'),
    lossShare: column('lossShare'),
    framesPerSecond: column('framesPerSecond'),
  };
}
