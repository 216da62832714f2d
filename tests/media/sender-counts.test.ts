import { expect, test } from 'vitest';
import { SenderCounts } from '#src/media/sender-counts.ts';

function told({ sentBytes, arrivedBytes, reports }: SenderCounts) {
  return { sentBytes, arrivedBytes, reports };
}

test.each([0, 127, 2 ** 31 - 500, 2 ** 32 - 500])(
  'what was sent and came between reports that begin at %d',
  (octets) => {
    const counts = new SenderCounts();
    counts.packet(5000);
    counts.report(octets);
    counts.packet(800);
    counts.report((octets + 1000) >>> 0);
    counts.packet(77);
    expect(told(counts)).toEqual({ sentBytes: 1000, arrivedBytes: 800, reports: 2 });
  },
);

test('a count that runs backwards, and another source, begin anew', () => {
  const counts = new SenderCounts();
  counts.report(9000);
  counts.packet(500);
  counts.report(10);
  counts.packet(90);
  counts.report(110);
  counts.reset();
  counts.packet(1000);
  counts.report(50_000);
  expect(told(counts)).toEqual({ sentBytes: 100, arrivedBytes: 90, reports: 4 });
});
