import { expect, test } from 'vitest';
import { ClockDrift } from '#src/media/clock-drift.ts';
import { seededRandom } from '../support/lossy-link.ts';

const SEED = 11;

/** Reports of a clock that runs `ppm` too fast, each second, whose timestamps are up to `jitterMs` off. */
function reported(ppm: number, seconds: number, { jitterMs = 0, start = 0, drift = new ClockDrift(48_000) } = {}) {
  const random = seededRandom(SEED);
  for (let second = 0; second <= seconds; second++) {
    const mediaMs = second * 1000 * (1 + ppm / 1e6) + (random() - 0.5) * jitterMs;
    drift.report(4e12 + second * 1000, (start + Math.round(mediaMs * 48)) >>> 0);
  }
  return drift;
}

test.each([0, 50, -200, 1000, -90_000])('a clock that is %d millionths off is seen as such within 15 s', (ppm) => {
  expect(reported(ppm, 15).ppm).toBeCloseTo(ppm, -1);
});

test.each([0, 127, 2 ** 31 - 24_000, 2 ** 32 - 24_000])('whatever its timestamps begin with: %d', (start) => {
  expect(reported(500, 15, { start }).ppm).toBeCloseTo(500, -1);
});

test('it is not said before it is known: reports that tremble take longer', () => {
  expect(reported(0, 9).ppm).toBeUndefined();
  expect(reported(300, 15, { jitterMs: 33 }).ppm, `seed ${SEED}`).toBeUndefined();
  expect(Math.abs((reported(300, 90, { jitterMs: 33 }).ppm ?? 0) - 300), `seed ${SEED}`).toBeLessThan(100);
});

test('a source that begins anew is measured anew', () => {
  const drift = reported(5000, 60);
  expect(reported(0, 8, { start: 90_000_000, drift }).ppm).toBeUndefined();
});
