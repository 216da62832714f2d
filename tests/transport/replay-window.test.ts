import { describe, expect, test } from 'vitest';
import { ReplayWindow } from '../../src/transport/replay-window.ts';
import { seededRandom } from '../support/lossy-link.ts';

/** Takes a 16-bit number as a receiver would: its index when fresh. */
function take(window: ReplayWindow, seq: number): number | undefined {
  const index = window.indexOf(seq & 0xffff);
  if (!window.isFresh(index)) return undefined;
  window.mark(index);
  return index;
}

describe.each([0, 127, 32_767, 65_535])('a stream that starts at %i', (start) => {
  test('is taken in order, each packet once, with its full index', () => {
    const window = new ReplayWindow();
    for (let index = start; index < start + 140_000; index += 1) {
      if (take(window, index) !== index) throw new Error(`${index} was not taken`);
      if (index % 7 === 0 && take(window, index) !== undefined) throw new Error(`${index} was taken twice`);
    }
    expect(take(window, start + 140_000)).toBe(start + 140_000);
  });

  test('takes late packets back to 1023 behind the newest', () => {
    const window = new ReplayWindow();
    take(window, start);
    const newest = start + 5000;
    take(window, newest);
    expect(take(window, newest - 1023)).toBe(newest - 1023);
    expect(take(window, newest - 1024)).toBeUndefined();
    expect(take(window, newest - 1023)).toBeUndefined();
  });

  test('forgets nothing seen when numbers jump by less, as much, or more than the window', () => {
    for (const jump of [31, 32, 33, 1022, 1023, 1024, 1025, 2048, 32_767]) {
      const window = new ReplayWindow();
      take(window, start);
      take(window, start + jump);
      expect(take(window, start + jump), `jump ${jump}`).toBeUndefined();
      expect(take(window, start), `jump ${jump}`).toBeUndefined();
      if (jump > 1) expect(take(window, start + jump - 1), `jump ${jump}`).toBe(start + jump - 1);
    }
  });
});

test('what was sent before the first packet of the first cycle is refused', () => {
  const window = new ReplayWindow();
  take(window, 2);
  expect(window.indexOf(65_535)).toBe(-1);
  expect(window.isFresh(-1)).toBe(false);
});

test('indexes beyond 32 bits are kept apart', () => {
  const window = new ReplayWindow();
  const high = 2 ** 40 + 65_535;
  window.mark(high);
  expect(window.indexOf(0)).toBe(high + 1);
  expect(window.indexOf(65_534)).toBe(high - 1);
  expect(window.isFresh(high)).toBe(false);
  expect(window.isFresh(high - 2 ** 32)).toBe(false);
  expect([take(window, 0), take(window, 0)]).toEqual([high + 1, undefined]);
});

test('a window agrees with a plain set over any order of packets', () => {
  const seed = Date.now() & 0xffff;
  const random = seededRandom(seed);
  for (let round = 0; round < 20; round += 1) {
    const window = new ReplayWindow();
    const seen = new Set<number>();
    let newest = Math.floor(random() * 65_536);
    take(window, newest);
    seen.add(newest);
    for (let step = 0; step < 2000; step += 1) {
      const index = newest + Math.floor((random() - 0.6) * 1500);
      if (index < 0) continue;
      const isExpected = index > newest - 1024 && !seen.has(index);
      const taken = take(window, index);
      if ((taken === index) !== isExpected) throw new Error(`seed ${seed}, round ${round}, step ${step}: ${index}`);
      if (isExpected) seen.add(index);
      newest = isExpected ? Math.max(newest, index) : newest;
    }
  }
});
