import { describe, expect, test } from 'vitest';
import { NackTracker } from '#src/media/nack-tracker.ts';
import { sequenceStarts } from './packets.ts';

function low16(seqs: readonly number[]): number[] {
  return seqs.map((seq) => seq & 0xffff);
}

describe.each(sequenceStarts)('missing packets from %i', (start) => {
  const first = start + 65536;

  function received(...seqs: number[]): NackTracker {
    const nacks = new NackTracker();
    for (const seq of seqs) nacks.received(first + seq, 0);
    return nacks;
  }

  test('are asked for once they are not merely late, in order', () => {
    const nacks = received(0, 4, 3);
    expect(nacks.due(1)).toEqual([]);
    expect(nacks.due(5)).toEqual(low16([first + 1, first + 2]));
    expect(nacks.due(6)).toEqual([]);
  });

  test('are no longer asked for when they came', () => {
    const nacks = received(0, 3);
    nacks.received(first + 2, 1);
    expect(nacks.due(10)).toEqual(low16([first + 1]));
  });

  test('are not those before the first packet', () => {
    const nacks = received(5, 3);
    expect(nacks.due(100)).toEqual([]);
  });

  test('are not asked for after a reset', () => {
    const nacks = received(0, 3);
    nacks.reset();
    nacks.received(first + 40_000, 1);
    expect(nacks.due(100)).toEqual([]);
  });

  test('stop being asked for when one after the other was lost for two cycles', () => {
    const nacks = received(0);
    for (let seq = 1; seq < 140_000; seq++) {
      if (seq % 100 === 0) continue;
      nacks.received(first + seq, seq);
      if (seq % 100 === 20) expect(nacks.due(seq)).toEqual(seq < 100 ? [] : low16([first + seq - 20]));
      if (seq % 100 === 21 && seq > 100) nacks.received(first + seq - 21, seq);
    }
    expect(nacks.due(140_050)).toEqual([]);
    expect(nacks.takeHopeless()).toBe(-1);
  });
});

describe('a packet that does not come', () => {
  function askedAt(roundTripMs: number): { times: number[]; nacks: NackTracker } {
    const nacks = new NackTracker();
    nacks.roundTripMs = roundTripMs;
    nacks.received(10, 0);
    nacks.received(12, 0);
    const times: number[] = [];
    for (let nowMs = 0; nowMs < 5000; nowMs++) if (nacks.due(nowMs).length > 0) times.push(nowMs);
    return { times, nacks };
  }

  test('is asked for again no sooner than its answer can be here', () => {
    const { times } = askedAt(100);
    expect(times.length).toBeGreaterThanOrEqual(3);
    for (const [i, time] of times.slice(1).entries()) expect(time - (times[i] ?? 0)).toBeGreaterThanOrEqual(100);
  });

  test('is given up after ten tries or a second, which only a keyframe mends', () => {
    for (const roundTripMs of [0, 5, 100, 1000]) {
      const { times, nacks } = askedAt(roundTripMs);
      expect(times.length).toBeLessThanOrEqual(10);
      expect(times.at(-1)).toBeLessThanOrEqual(1000);
      expect(nacks.takeHopeless()).toBe(11);
      expect(nacks.takeHopeless()).toBe(-1);
    }
  });
});

test('the wait for an answer follows how soon answers came', () => {
  const nacks = new NackTracker();
  for (let seq = 0, nowMs = 0; seq < 200; seq += 2, nowMs += 100) {
    nacks.received(seq, nowMs);
    if (nacks.due(nowMs + 5).length > 0) nacks.received(seq - 1, nowMs + 15);
  }
  expect(nacks.roundTripMs).toBeGreaterThan(9);
  expect(nacks.roundTripMs).toBeLessThan(12);
});

test('a jump of hundreds of packets is not asked for but hopeless', () => {
  const nacks = new NackTracker();
  nacks.received(0, 0);
  nacks.received(1000, 0);
  expect(nacks.due(100)).toEqual([]);
  expect(nacks.takeHopeless()).toBe(999);
});

test('many small gaps stay bounded', () => {
  const nacks = new NackTracker();
  for (let seq = 0; seq < 10_000; seq += 3) nacks.received(seq, 0);
  expect(nacks.due(10).length).toBeLessThanOrEqual(300);
  expect(nacks.takeHopeless()).toBeGreaterThan(0);
});
