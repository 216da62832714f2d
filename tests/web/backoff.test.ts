import { expect, test } from 'vitest';
import { backoffMs } from '../../web/src/lib/backoff.ts';

test('the wait doubles from half a second up to half a minute', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => backoffMs(attempt, () => 1));
  expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test('half of the wait is left to chance', () => {
  expect(backoffMs(3, () => 0)).toBe(2000);
  expect(backoffMs(3, () => 0.5)).toBe(3000);
});
