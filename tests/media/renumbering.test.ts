import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Renumbering } from '#src/media/renumbering.ts';
import { sequenceStarts } from './packets.ts';

/** What is left of a sequence: by source number, the new one. */
function renumber(numbers: Renumbering, start: number, isLeftOut: readonly boolean[]): Map<number, number> {
  const left = new Map<number, number>();
  for (const [index, leaveOut] of isLeftOut.entries()) {
    const seq = start + index;
    if (leaveOut) numbers.leaveOut(seq, true);
    else left.set(seq, seq - (numbers.cutBefore(seq)?.packets ?? Number.NaN));
  }
  return left;
}

describe.each(sequenceStarts)('a sequence from %i of which some is left out', (start) => {
  test('has new numbers without holes, and each leads back', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 400 }), (isLeftOut) => {
        const numbers = new Renumbering();
        const left = renumber(numbers, start, isLeftOut);
        expect([...left.values()]).toEqual([...left.keys()].map((_, index) => start + index));
        for (const [seq, number] of left) {
          expect(numbers.sourceOf(number)).toBe(seq);
          expect(numbers.has(seq)).toBe(true);
        }
        for (const [index, leaveOut] of isLeftOut.entries()) expect(numbers.has(start + index)).toBe(!leaveOut);
      }),
    );
  });

  test('forgets what lies far back, and then tells nothing of it rather than something wrong', () => {
    const numbers = new Renumbering();
    const left = renumber(
      numbers,
      start,
      Array.from({ length: 4000 }, (_, index) => index % 2 === 1),
    );
    let forgotten = 0;
    for (const [seq, number] of left) {
      const source = numbers.sourceOf(number);
      if (source === undefined) forgotten += 1;
      else expect(source).toBe(seq);
    }
    expect(forgotten).toBeGreaterThan(1000);
    expect(forgotten).toBeLessThan(1600);
    expect(numbers.cutBefore(start)).toBe(undefined);
    expect(numbers.has(start)).toBe(false);
  });
});

test('counts the pictures that were left out, of one packet or of several', () => {
  const numbers = new Renumbering();
  numbers.leaveOut(10, true);
  numbers.leaveOut(11, false);
  numbers.leaveOut(14, true);
  expect([9, 10, 12, 13, 15].map((seq) => numbers.cutBefore(seq)?.pictures)).toEqual([0, 0, 1, 1, 2]);
});
