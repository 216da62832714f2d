import { expect, test } from 'vitest';
import { Probe } from '#src/media/probe.ts';

const targetBps = 3_000_000;
const packetBytes = 1100;
const roundTripMs = 50;

/** What a feeler costs and finds, where padding goes out by a clock that ticks each so many ms. */
function feel(linkBps: number, tickMs: number) {
  const probe = new Probe(targetBps, 0, true);
  const sentMs: number[] = [];
  let nowMs = 0;
  for (; nowMs < 100; nowMs += tickMs) {
    for (let due = probe.due(nowMs); due > 0; due -= packetBytes) {
      probe.sent(sentMs.length, packetBytes, nowMs);
      sentMs.push(nowMs);
    }
  }
  let freeMs = 0;
  for (const [seq, ms] of sentMs.entries()) {
    freeMs = Math.max(freeMs, ms) + (packetBytes * 8000) / linkBps;
    probe.told(seq, packetBytes, ms, freeMs);
  }
  return { packets: sentMs.length, outcome: probe.outcome(nowMs + roundTripMs) };
}

test.each([1, 5, 10])('a feeler by a clock of %i ms costs a few packets, and fails on a thin link alone', (tickMs) => {
  const thin = feel(400_000, tickMs);
  expect(thin.packets).toBeLessThanOrEqual(8);
  expect(thin.outcome).toMatchObject({ isPassed: false });
  expect(feel(5_000_000, tickMs).outcome).toMatchObject({ isPassed: true });
});
