import { beforeEach, describe, expect, test } from 'vitest';
import { BandwidthEstimator } from '#src/media/bandwidth-estimator.ts';
import { TransportCcRecorder } from '#src/media/transport-cc.ts';
import { seededRandom } from '../support/lossy-link.ts';

const packetBytes = 1000;
const rtcpHeader = 12;

let estimator: BandwidthEstimator;
let recorder: TransportCcRecorder;
let nowMs = 0;

beforeEach(() => {
  estimator = new BandwidthEstimator();
  recorder = new TransportCcRecorder({ senderSsrc: 1, mediaSsrc: 2 });
  nowMs = 0;
});

/** A packet each millisecond: 8 Mbit/s. `arrives`: when, after it was sent; `undefined` for a lost one. */
function stream(ms: number, arrives: (index: number) => number | undefined): void {
  for (let index = 0; index < ms; index++, nowMs++) {
    const seq = estimator.sent(packetBytes, nowMs);
    const delayMs = arrives(index);
    if (delayMs !== undefined) recorder.received(seq, nowMs + delayMs);
    const feedback = recorder.feedback(nowMs);
    if (feedback) estimator.feedback(feedback.subarray(rtcpHeader), nowMs);
  }
}

describe('the estimate of a link', () => {
  test('is infinite before anything speaks against it, and stays so over many wraps of the numbers', () => {
    stream(200_000, () => 20);
    expect(estimator.estimateBps).toBe(Number.POSITIVE_INFINITY);
  });

  test('numbers packets from one to the next, in 16 bits', () => {
    const seqs = Array.from({ length: 70_000 }, () => estimator.sent(1, 0));
    expect(seqs.every((seq, index) => seq === index % 65_536)).toBe(true);
  });

  test('falls below what arrives while a queue grows, and is back at what arrives when it has drained', () => {
    stream(1000, () => 20);
    stream(1000, (index) => 20 + index * 0.5);
    expect(estimator.estimateBps).toBeLessThan(8_000_000);
    expect(estimator.estimateBps).toBeGreaterThan(2_000_000);
    stream(3000, () => 20);
    expect(estimator.estimateBps).toBeGreaterThan(7_500_000);
  });

  test('is what a link carries half a second after it became far too thin', () => {
    stream(1000, () => 20);
    // Each packet takes eight times as long as the sender does.
    stream(500, (index) => 20 + index * 7);
    expect(estimator.isFull).toBe(true);
    expect(estimator.estimateBps).toBeGreaterThan(800_000);
    expect(estimator.estimateBps).toBeLessThan(1_000_000);
  });

  test('falls when every third packet is lost without delay', () => {
    stream(3000, (index) => (index % 3 === 0 ? undefined : 20));
    expect(estimator.estimateBps).toBeLessThan(6_000_000);
  });

  test('does not fall for a twentieth lost by chance', () => {
    const seed = 7;
    const random = seededRandom(seed);
    stream(60_000, () => (random() < 0.05 ? undefined : 20));
    expect(estimator.estimateBps, `seed ${seed}`).toBe(Number.POSITIVE_INFINITY);
  });

  test('is not moved by feedback that is rubbish, or about what was never sent', () => {
    const seed = 99;
    const random = seededRandom(seed);
    stream(1000, () => 20);
    for (let round = 0; round < 5000; round++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 40) }, () => random() * 256);
      // Far ahead of the thousand numbers in use.
      if (bytes.length > 0) bytes[0] = 0x40;
      estimator.feedback(bytes, nowMs);
    }
    expect(estimator.estimateBps, `seed ${seed}`).toBe(Number.POSITIVE_INFINITY);
    expect(estimator.isProbing).toBe(false);
  });
});

test.each([true, false])('a queue says nothing against a link where it is expected: %s', (isExpected) => {
  stream(1000, () => 20);
  if (isExpected) estimator.expectQueue(nowMs);
  stream(150, (index) => 20 + index);
  stream(150, (index) => 170 - index);
  expect(estimator.estimateBps === Number.POSITIVE_INFINITY).toBe(isExpected);
});

describe('loss', () => {
  test('of what one keyframe is too much for is not held against a link, that of what follows is', () => {
    stream(2000, (index) => (index < 300 && index % 2 === 0 ? undefined : 20));
    expect(estimator.isStrained).toBe(false);
    stream(1500, (index) => (index % 3 === 0 ? undefined : 20));
    expect(estimator.isStrained).toBe(true);
  });
});

describe('a probe', () => {
  /** A packet of media each 20 ms, 400 kbit/s, behind a link of so much; the link's own queue is in `freeMs`. */
  function probe(linkBps: number, probeBps: number): { paddingBytes: number; tookMs: number } {
    let freeMs = 0;
    let paddingBytes = 0;
    const send = () => {
      const seq = estimator.sent(packetBytes, nowMs);
      freeMs = Math.max(freeMs, nowMs) + (packetBytes * 8000) / linkBps;
      recorder.received(seq, freeMs);
    };
    const run = (ms: number) => {
      for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 10) {
        if (nowMs % 20 === 0) send();
        for (let due = estimator.paddingDue(nowMs); due > 0; due -= packetBytes) {
          paddingBytes += packetBytes;
          send();
        }
        const feedback = recorder.feedback(nowMs);
        if (feedback) estimator.feedback(feedback.subarray(rtcpHeader), nowMs);
      }
    };
    stream(500, (index) => index * 0.5);
    run(3000);
    estimator.startProbe(probeBps, nowMs);
    const startedMs = nowMs;
    while (estimator.isProbing) run(10);
    return { paddingBytes, tookMs: nowMs - startedMs };
  }

  test('that comes through raises the estimate to what was sent, within half a second', () => {
    const { tookMs } = probe(20_000_000, 9_000_000);
    expect(estimator.estimateBps).toBeGreaterThan(8_000_000);
    expect(estimator.estimateBps).toBeLessThan(10_000_000);
    expect(tookMs).toBeLessThan(500);
  });

  test('is not to be made while a queue stands, nor soon after', () => {
    stream(1000, () => 20);
    expect(estimator.mayProbe(nowMs)).toBe(true);
    stream(1000, (index) => 20 + index * 0.5);
    expect(estimator.mayProbe(nowMs)).toBe(false);
    stream(500, () => 20);
    expect(estimator.mayProbe(nowMs)).toBe(false);
    stream(1500, () => 20);
    expect(estimator.mayProbe(nowMs)).toBe(true);
  });

  test('that fills the link ends early and tells no more than the link carries', () => {
    const { paddingBytes } = probe(1_000_000, 9_000_000);
    expect(estimator.estimateBps).toBeLessThan(6_000_000);
    expect(paddingBytes).toBeLessThanOrEqual((9_000_000 / 8) * 0.16);
  });

  test('that fills the link takes back what was believed too much', () => {
    probe(20_000_000, 9_000_000);
    expect(estimator.estimateBps).toBeGreaterThan(8_000_000);
    probe(1_000_000, 9_000_000);
    expect(estimator.estimateBps).toBeLessThan(2_000_000);
  });

  test('at a low rate lasts until enough was sent to tell, but not for long', () => {
    estimator.startProbe(160_000, 0);
    for (const ms of [0, 50, 100, 150]) estimator.sent(1000, ms);
    expect(estimator.paddingDue(300)).toBe(2000);
    expect(estimator.paddingDue(420)).toBe(0);
  });

  test('of which nothing is heard ends by itself', () => {
    estimator.startProbe(1_000_000, 0);
    expect(estimator.paddingDue(100)).toBe(12_500);
    estimator.sent(12_500, 100);
    expect(estimator.paddingDue(100)).toBe(0);
    expect(estimator.paddingDue(420)).toBe(0);
    expect(estimator.isProbing).toBe(true);
    estimator.paddingDue(2200);
    expect(estimator.isProbing).toBe(false);
    expect(estimator.estimateBps).toBe(Number.POSITIVE_INFINITY);
  });
});
