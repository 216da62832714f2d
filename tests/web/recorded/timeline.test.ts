import { expect, test } from 'vitest';
import { Timeline } from '../../../web/src/lib/recorded/timeline.ts';

const timeline = new Timeline([10_000, 500, 4000]);

test.each([
  [-3, 0, 0],
  [0, 0, 0],
  [9.999, 0, 9.999],
  [10, 1, 0],
  [10.25, 1, 0.25],
  [10.5, 2, 0],
  [14.5, 2, 4],
  [99, 2, 4],
])('second %d is in part %d at %d', (atS, part, offsetS) => {
  const place = timeline.placeOf(atS);
  expect(place.part).toBe(part);
  expect(place.offsetS).toBeCloseTo(offsetS);
});

test('a part begins where the ones before it end', () => {
  expect([0, 1, 2].map((part) => timeline.startOf(part))).toEqual([0, 10, 10.5]);
  expect(timeline.durationS).toBe(14.5);
});

test('there may be nothing at all', () => {
  expect(new Timeline([]).placeOf(3)).toEqual({ part: 0, offsetS: 0 });
});
