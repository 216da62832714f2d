import { describe, expect, test } from 'vitest';
import { extend, SequenceExtender, timestampDelta } from '#src/media/sequence.ts';
import { sequenceStarts } from './packets.ts';

describe.each(sequenceStarts)('sequence numbers from %i', (start) => {
  const reference = 5 * 65536 + start;

  test.each([-32768, -1, 0, 1, 100, 32767])('a number %i away extends to the nearest one', (distance) => {
    expect(extend(reference, (start + distance) & 0xffff)).toBe(reference + distance);
  });

  test('the first extended number leaves room below for late packets', () => {
    const sequence = new SequenceExtender();
    expect(sequence.extend(start)).toBe(start + 65536);
    expect(sequence.extend((start - 5) & 0xffff)).toBe(start + 65531);
    expect(sequence.extend((start + 3) & 0xffff)).toBe(start + 65539);
    expect(sequence.extend((start + 1) & 0xffff)).toBe(start + 65537);
    expect(sequence.highest).toBe(start + 65539);
  });

  test('two full cycles count on', () => {
    const sequence = new SequenceExtender();
    let last = 0;
    for (let i = 0; i <= 2 * 65536; i++) last = sequence.extend((start + i) & 0xffff) ?? -1;
    expect(last).toBe(start + 3 * 65536);
    expect(sequence.epoch).toBe(0);
  });

  test('one stray jump is dropped, a confirmed one starts a new epoch above all earlier numbers', () => {
    const sequence = new SequenceExtender();
    sequence.extend(start);
    const far = (start + 20_000) & 0xffff;
    expect(sequence.extend(far)).toBe(undefined);
    expect(sequence.extend((start + 1) & 0xffff)).toBe(start + 65537);
    expect(sequence.epoch).toBe(0);

    const before = sequence.highest;
    expect(sequence.extend(far)).toBe(undefined);
    const first = sequence.extend((far + 1) & 0xffff) ?? -1;
    expect(sequence.epoch).toBe(1);
    expect(first & 0xffff).toBe((far + 1) & 0xffff);
    expect(first - before).toBeGreaterThanOrEqual(32768);
  });

  test('after a restart packets just before the first one have their place', () => {
    const sequence = new SequenceExtender();
    sequence.extend(start);
    sequence.restart();
    const first = sequence.extend((start + 1) & 0xffff) ?? -1;
    expect(sequence.extend(start)).toBe(first - 1);
    expect(first).toBeGreaterThan(start + 65536 + 32767);
  });
});

test('restarting before the first packet changes nothing', () => {
  const sequence = new SequenceExtender();
  sequence.restart();
  expect(sequence.epoch).toBe(0);
  expect(sequence.extend(7)).toBe(65543);
});

test('timestamps compare across their wrap', () => {
  expect(timestampDelta(0xffffffff, 2)).toBe(3);
  expect(timestampDelta(2, 0xffffffff)).toBe(-3);
});
