import { beforeEach, describe, expect, it } from 'vitest';
import { ReplayPacer } from '../../src/transport/replay-pacer.ts';

const LAYER_BPS = 2_500_000;

let pacer: ReplayPacer;

beforeEach(() => {
  pacer = new ReplayPacer();
});

/** All that goes out in this time, looked at every millisecond; with what goes at once at its beginning. */
function sentWithin(fromMs: number, forMs: number): number {
  let sent = 0;
  for (let nowMs = fromMs; nowMs <= fromMs + forMs; nowMs += 1) {
    const bytes = pacer.allowance(nowMs);
    pacer.sent(bytes);
    sent += bytes;
  }
  return sent;
}

describe('a replay', () => {
  it('begins with a picture at once', () => {
    pacer.begin(LAYER_BPS, 0);
    expect(pacer.allowance(0)).toBe(60_000);
  });

  it('goes on at 8 Mbit/s, in chunks worth a kernel message', () => {
    pacer.begin(LAYER_BPS, 0);
    pacer.sent(pacer.allowance(0));
    expect(pacer.allowance(9)).toBe(0);
    expect(pacer.allowance(10)).toBe(10_000);
    expect(sentWithin(10, 990)).toBe(1_000_000);
  });

  it('of a large layer is faster than the layer itself', () => {
    pacer.begin(6_000_000, 0);
    pacer.sent(pacer.allowance(0));
    expect(sentWithin(0, 1000)).toBeCloseTo((6_000_000 * 2.5) / 8, -5);
  });

  it('slows down with each loss, once a round trip, but stays ahead of the layer', () => {
    pacer.begin(LAYER_BPS, 0);
    pacer.sent(pacer.allowance(0));
    pacer.slowDown(50, 0);
    pacer.slowDown(50, 49);
    expect(sentWithin(0, 1000)).toBeCloseTo(500_000, -5);
    for (let nowMs = 1000; nowMs < 2000; nowMs += 50) pacer.slowDown(50, nowMs);
    expect(sentWithin(2000, 1000)).toBeGreaterThan(LAYER_BPS / 8);
  });

  it('waits while what was lost is sent again', () => {
    pacer.begin(LAYER_BPS, 0);
    pacer.sent(60_000 + 30_000);
    expect(sentWithin(0, 39)).toBe(0);
    expect(sentWithin(40, 1)).toBe(10_000);
  });

  it('that stood still does not make up for it at once', () => {
    pacer.begin(LAYER_BPS, 0);
    pacer.sent(60_000);
    expect(pacer.allowance(5000)).toBe(60_000);
  });
});
