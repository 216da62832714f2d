import { beforeEach, describe, expect, test } from 'vitest';
import { PicturePause } from '#src/media/picture-pause.ts';

const leastBps = 100_000;
const STEP_MS = 250;

let pause: PicturePause;
let nowMs: number;
/** When it asked for a probe. */
let probesMs: number[];

beforeEach(() => {
  pause = new PicturePause();
  nowMs = 0;
  probesMs = [];
});

/** A link of this estimate, on which the least picture is sent unless said otherwise. */
function run(ms: number, estimateBps: number, { isSent = true, isStrained = true } = {}): boolean {
  for (const endMs = nowMs + ms; nowMs < endMs; nowMs += STEP_MS) {
    const least = { bitrateBps: leastBps, isSent: isSent && !pause.isPaused };
    pause.look(least, { estimateBps, isStrained: isStrained && isSent && !pause.isPaused }, nowMs);
    if (pause.probe(leastBps, nowMs) !== undefined) probesMs.push(nowMs);
  }
  return pause.isPaused;
}

test('a link that carries the least picture is sent it', () => {
  expect(run(60_000, Number.POSITIVE_INFINITY)).toBe(false);
  expect(run(60_000, leastBps)).toBe(false);
  expect(probesMs).toEqual([]);
});

test.each([
  [70_000, 1000],
  [90_000, 5000],
])('at %i bit/s it stops after %i ms, and not before', (bps, ms) => {
  expect(run(ms, bps)).toBe(false);
  expect(run(STEP_MS, bps)).toBe(true);
});

test('a moment of doubt stops nothing', () => {
  for (let i = 0; i < 20; i += 1) {
    run(750, 20_000);
    run(STEP_MS, 120_000);
  }
  expect(pause.isPaused).toBe(false);
});

test('while more than the least is sent it is not what is too much', () => {
  expect(run(10_000, 20_000, { isSent: false })).toBe(false);
});

test('a low estimate of a link that has no queue and loses nothing is only not known better', () => {
  expect(run(STEP_MS, 20_000)).toBe(false);
  expect(run(60_000, 20_000, { isStrained: false })).toBe(false);
});

describe('while it stops', () => {
  beforeEach(() => {
    run(3000, 20_000);
    probesMs = [];
  });

  test('the link is asked after two seconds, then ever more seldom, each eight seconds in the end', () => {
    const startMs = nowMs;
    run(60_000, 20_000);
    const gapsMs = probesMs.map((ms, index) => ms - (probesMs[index - 1] ?? startMs));
    expect(gapsMs[0]).toBeLessThanOrEqual(2000);
    expect(gapsMs.slice(1)).toEqual(gapsMs.slice(1).toSorted((a, b) => a - b));
    expect(gapsMs.at(-1)).toBe(8000);
  });

  test('it needs room to spare to come back, and comes back at once then', () => {
    expect(run(10_000, 119_000)).toBe(true);
    expect(run(STEP_MS, 121_000)).toBe(false);
  });

  test('who asks for it by name has it back', () => {
    pause.resume(nowMs);
    expect(pause.isPaused).toBe(false);
  });

  test('having come back in vain it waits twice as long, sixteen seconds at the most', () => {
    /** From the moment it stops to the first probe, in seconds. */
    const waits = () => {
      while (!run(STEP_MS, 20_000));
      probesMs = [];
      const startMs = nowMs;
      run(20_000, 20_000);
      return Math.round(((probesMs[0] ?? 0) - startMs) / 1000);
    };
    const inVain = Array.from({ length: 5 }, () => {
      run(STEP_MS, 150_000);
      return waits();
    });
    expect(inVain).toEqual([4, 8, 16, 16, 16]);
    run(15_000, 150_000);
    expect(waits()).toBe(2);
  });
});
