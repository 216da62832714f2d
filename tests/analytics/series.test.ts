import { describe, expect, it } from 'vitest';
import type { Point } from '../../src/analytics/ports.ts';
import { MAX_POINTS, seriesOf, stepSeconds } from '../../src/analytics/series.ts';

const HOUR = 3600;
const point = (step: number, viewers: number): Point => ({
  step,
  viewers,
  ingestBps: 1000,
  egressBps: 2000,
  lossShare: null,
  framesPerSecond: 30,
});

describe('the step of a series', () => {
  it.each([
    [0, undefined, 10],
    [HOUR, undefined, 10],
    [2 * HOUR, undefined, 30],
    [24 * HOUR, undefined, 300],
    [60, 45, 45],
    [60, 5, 10],
    [10 * HOUR, 20, 120],
    [4000 * 24 * HOUR, undefined, 8 * 24 * HOUR],
  ])('of %i s, with %s s asked for, is %i s', (seconds, wanted, step) => {
    expect(stepSeconds({ seconds, coarsestSeconds: 11 }, wanted)).toBe(step);
    expect(Math.ceil(seconds / step)).toBeLessThanOrEqual(MAX_POINTS);
  });

  it('is a minute at least where samples were made coarser', () => {
    expect(stepSeconds({ seconds: HOUR, coarsestSeconds: 60 }, 10)).toBe(60);
    expect(stepSeconds({ seconds: HOUR, coarsestSeconds: 62 })).toBe(60);
  });
});

describe('a series', () => {
  it('has columns of one length, with nulls for the time of which nothing is known', () => {
    const series = seriesOf([point(0, 1), point(2, 3)], { startMs: 50_000, seconds: 35, step: 10 });
    expect(series.at).toEqual([50, 60, 70, 80]);
    expect(series.viewers).toEqual([1, null, 3, null]);
    expect(series.lossShare).toEqual([null, null, null, null]);
    expect(new Set(Object.values(series).map(({ length }) => length))).toEqual(new Set([4]));
  });

  it('has a point for a stream of no length, and none beyond its end', () => {
    expect(seriesOf([point(7, 2)], { startMs: 0, seconds: 0, step: 10 }).viewers).toEqual([2]);
  });
});
