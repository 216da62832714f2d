import { expect, test } from 'vitest';
import { chartPath, type Sample, withSample } from '../../../web/src/routes/studio/trend.ts';

const BOX = { width: 119, height: 10 };
const sample: Sample = { bitrateBps: 1, framesPerSecond: 30, roundTripMs: undefined, lossShare: 0, viewers: 0 };

test('it looks back two minutes, no further', () => {
  let trend: readonly Sample[] = [];
  for (let viewers = 0; viewers < 500; viewers++) trend = withSample(trend, { ...sample, viewers });
  expect([trend.length, trend[0]?.viewers, trend.at(-1)?.viewers]).toEqual([120, 380, 499]);
});

test('the newest is at the right edge, the highest at the top', () => {
  expect(chartPath([0, 5, 10], BOX, 1)).toBe('M117.0 10.0L118.0 5.0L119.0 0.0');
});

test('a quiet line stays low', () => {
  expect(chartPath([1], BOX, 10)).toBe('M119.0 9.0');
});

test('where nothing is known there is no line', () => {
  expect(chartPath([10, undefined, 10], BOX, 10)).toBe('M117.0 0.0M119.0 0.0');
  expect(chartPath([], BOX, 10)).toBe('');
});
