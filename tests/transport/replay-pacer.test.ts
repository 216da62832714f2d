import { beforeEach, describe, expect, it } from 'vitest';
import { ReplayPacer } from '../../src/transport/replay-pacer.ts';
import { Shape } from '../support/shape.ts';

const LAYER_BPS = 2_500_000;
const PICTURE_BYTES = 60_000;
const PACKET_BYTES = 1_200;
const ROUND_TRIP_MS = 50;

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

function begin(options: { layerBps?: number; pictureBytes?: number; ageMs?: number; linkBps?: number } = {}): void {
  pacer.begin({ layerBps: LAYER_BPS, pictureBytes: PICTURE_BYTES, ageMs: 500, ...options }, 0);
}

describe('a replay', () => {
  it.each([
    [500, 10_000],
    [PICTURE_BYTES, PICTURE_BYTES],
    [300_000, 120_000],
  ])('begins with a picture of %i bytes at once, within reason', (pictureBytes, bytes) => {
    begin({ pictureBytes });
    expect(pacer.allowance(0)).toBe(bytes);
  });

  it.each([
    [100, 1.5],
    [1000, 1.5],
    [1800, 1.9],
    [2500, 2.25],
  ])('of a group that is %i ms old goes on at %f times the rate of the layer', (ageMs, share) => {
    begin({ ageMs });
    pacer.sent(pacer.allowance(0));
    expect(sentWithin(0, 1000)).toBeCloseTo((share * LAYER_BPS) / 8, -5);
  });

  it.each([
    [4_000_000, 3_200_000],
    [1_000_000, 1.2 * LAYER_BPS],
  ])('over a link known to carry %i bit/s goes on at %f, that the stream is caught up with', (linkBps, bps) => {
    begin({ linkBps });
    expect(pacer.allowance(0)).toBe(PICTURE_BYTES);
    pacer.sent(pacer.allowance(0));
    expect(sentWithin(0, 1000)).toBeCloseTo(bps / 8, -5);
  });

  it('tells how long it takes to be in step, with what comes meanwhile', () => {
    begin();
    expect(pacer.catchUpMs(50_000)).toBe(0);
    const ms = pacer.catchUpMs(600_000);
    expect(PICTURE_BYTES + (1.5 * LAYER_BPS * ms) / 8000).toBeCloseTo(600_000 + (LAYER_BPS * ms) / 8000, 3);
  });

  it.each([
    [300_000, 38, 39, 2_437],
    [LAYER_BPS, 14, 15, 7_031],
    [10_000_000, 5, 6, 11_250],
  ])('of %i bit/s goes on in chunks worth a kernel message', (layerBps, beforeMs, afterMs, bytes) => {
    begin({ layerBps });
    pacer.sent(pacer.allowance(0));
    expect(pacer.allowance(beforeMs)).toBe(0);
    expect(Math.floor(pacer.allowance(afterMs))).toBe(bytes);
  });

  it('of a picture that stood still is as fast as any link, however much is lost', () => {
    begin({ layerBps: 0 });
    pacer.sent(pacer.allowance(0));
    expect(sentWithin(0, 1000)).toBeGreaterThan(60_000);
    for (let nowMs = 1000; nowMs < 2000; nowMs += 50) pacer.slowDown(50, nowMs);
    expect(sentWithin(2000, 1000)).toBeGreaterThan(30_000);
  });

  it('follows the rate of a layer that was too young at first to have one', () => {
    begin({ layerBps: 100_000 });
    pacer.sent(pacer.allowance(0));
    let sent = 0;
    for (let nowMs = 1; nowMs <= 1000; nowMs += 1) {
      const bytes = pacer.allowance(nowMs, LAYER_BPS);
      pacer.sent(bytes);
      sent += bytes;
    }
    expect(sent).toBeCloseTo((1.5 * LAYER_BPS) / 8, -5);
  });

  it('slows down with each loss, once a round trip, but stays ahead of the layer', () => {
    begin({ ageMs: 3_000 });
    pacer.sent(pacer.allowance(0));
    pacer.slowDown(50, 0);
    pacer.slowDown(50, 49);
    expect(sentWithin(0, 1000)).toBeCloseTo((1.25 * LAYER_BPS) / 8, -4.5);
    for (let nowMs = 1000; nowMs < 2000; nowMs += 50) pacer.slowDown(50, nowMs);
    expect(sentWithin(2000, 1000)).toBeGreaterThan(LAYER_BPS / 8);
  });

  it('waits while what was lost is sent again', () => {
    begin({ ageMs: 1400 });
    pacer.sent(PICTURE_BYTES + 30_000);
    expect(sentWithin(0, 70)).toBe(0);
    expect(sentWithin(71, 60)).toBeGreaterThan(0);
  });

  it('that stood still does not make up for it at once', () => {
    begin();
    pacer.sent(PICTURE_BYTES);
    expect(pacer.allowance(5000)).toBe(PICTURE_BYTES);
  });
});

/**
 * How much of a group is lost in the queue of a link, and when all of it was sent; it grows by the layer's rate meanwhile.
 * The viewer notices a loss behind all that is in the queue.
 */
function sentOver(link: { share: number; queueMs: number }, ageMs: number): { lostShare: number; tookMs: number } {
  const rateBps = LAYER_BPS * link.share;
  const shape = new Shape(1, { rateBps, queueBytes: (rateBps * link.queueMs) / 8000 });
  const noticedMs: number[] = [];
  let [sent, lost, nowMs, leavesMs] = [0, 0, 0, 0];
  begin({ ageMs });
  for (; sent < (LAYER_BPS * (ageMs + nowMs)) / 8000; nowMs += 1) {
    for (; (noticedMs[0] ?? nowMs) < nowMs; noticedMs.shift()) pacer.slowDown(ROUND_TRIP_MS, nowMs);
    for (let allowed = pacer.allowance(nowMs); allowed > 0; allowed -= PACKET_BYTES) {
      const [passed] = shape.pass(PACKET_BYTES, nowMs);
      if (passed === undefined) {
        noticedMs.push(leavesMs + ROUND_TRIP_MS);
        lost += PACKET_BYTES;
      } else {
        leavesMs = passed;
      }
      pacer.sent(PACKET_BYTES);
      sent += PACKET_BYTES;
    }
  }
  return { lostShare: lost / sent, tookMs: nowMs };
}

describe('a replay over a link', () => {
  it.each([
    [2, 500],
    [2, 1900],
    [1.25, 500],
  ])('that carries %f times the layer loses nothing of a group that is %i ms old', (share, ageMs) => {
    expect(sentOver({ share, queueMs: 400 }, ageMs).lostShare).toBe(0);
  });

  it.each([1000, 1900, 2500])('with hardly any room loses little of a group that is %i ms old', (ageMs) => {
    expect(sentOver({ share: 1.25, queueMs: 400 }, ageMs).lostShare).toBeLessThan(0.06);
  });

  it.each([100, 500, 1000, 1900, 2500])('with room is done within two seconds, be the group %i ms old', (ageMs) => {
    expect(sentOver({ share: 10, queueMs: 400 }, ageMs).tookMs).toBeLessThanOrEqual(2000);
  });
});
