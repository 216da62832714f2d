import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Reception } from '#src/media/reception.ts';
import { sequenceStarts } from './packets.ts';

describe.each(sequenceStarts)('reception reports of a sequence from %i', (start) => {
  const first = start + 65536;

  test('tell the loss since the last report, and all of it', () => {
    const reception = new Reception(90_000);
    for (let i = 0; i < 100; i++) if (i % 4 !== 1) reception.packet(first + i, 0, 0);
    expect(reception.report(0)).toMatchObject({ fractionLost: 64, cumulativeLost: 25, extHighestSeq: start + 99 });
    for (let i = 100; i < 200; i++) reception.packet(first + i, 0, 0);
    expect(reception.report(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 25 });
  });

  test('count a recovered packet as received', () => {
    const reception = new Reception(90_000);
    reception.packet(first, 0, 0);
    reception.packet(first + 2, 0, 0);
    expect(reception.report(0)).toMatchObject({ fractionLost: 85, cumulativeLost: 1 });
    reception.packet(first + 1, 0, 0);
    expect(reception.report(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 0 });
  });

  test('count a packet that overtook the first one', () => {
    const reception = new Reception(90_000);
    reception.packet(first, 0, 0);
    reception.packet(first - 1, 0, 0);
    expect(reception.report(0)).toMatchObject({ cumulativeLost: 0, extHighestSeq: first & 0xffff });
    expect(reception.packets).toBe(2);
  });

  test('keep totals over sources, but tell each source only of its own', () => {
    const reception = new Reception(90_000);
    reception.packet(first, 0, 0);
    reception.packet(first + 2, 0, 0);
    reception.reset();
    expect(reception.report(0)).toMatchObject({ cumulativeLost: 0, extHighestSeq: 0, lastSr: 0 });
    reception.packet(first + 90_000, 0, 0);
    expect(reception.report(0)).toMatchObject({ cumulativeLost: 0 });
    expect([reception.packets, reception.lost]).toEqual([3, 1]);
  });
});

test('jitter is zero on an even stream and grows towards the spread of an uneven one, across the timestamp wrap', () => {
  const even = new Reception(90_000);
  const uneven = new Reception(90_000);
  const start = 0xffffffff - 50 * 900;
  for (let i = 0; i < 500; i++) {
    const timestamp = (start + i * 900) >>> 0;
    even.packet(i, timestamp, 1e12 + i * 10);
    uneven.packet(i, timestamp, 1e12 + i * 10 + (i % 2) * 4);
  }
  expect(even.report(0).jitter).toBe(0);
  expect(Math.abs(uneven.report(0).jitter - 4 * 90)).toBeLessThanOrEqual(1);
});

test('the last sender report is named by the middle of its NTP time, with its age in 1/65536 s', () => {
  const reception = new Reception(90_000);
  const seconds = 0xe8abcdef;
  reception.senderReport({ ntpHigh: seconds, ntpLow: 0x80000000 }, 1000);
  expect(reception.report(1500)).toMatchObject({ lastSr: 0xcdef8000, delaySinceLastSr: 32768 });
});

test('the last sender report is named to the bit, whatever its time', () => {
  const word = fc.integer({ min: 0, max: 0xffff_ffff });
  fc.assert(
    fc.property(word, word, (ntpHigh, ntpLow) => {
      const reception = new Reception(90_000);
      reception.senderReport({ ntpHigh, ntpLow }, 0);
      const middle = (((BigInt(ntpHigh) << 32n) | BigInt(ntpLow)) >> 16n) & 0xffff_ffffn;
      expect(reception.report(0).lastSr).toBe(Number(middle));
    }),
    { numRuns: 1000 },
  );
});
