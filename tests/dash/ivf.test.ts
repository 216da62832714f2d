import { expect, test } from 'vitest';
import { type IvfFrame, IvfReader, ivfFrame, ivfHead } from '../../src/dash/ivf.ts';

const FRAMES = [
  { ms: 0, data: Uint8Array.of(1, 2, 3) },
  { ms: 7_261_033, data: new Uint8Array(0) },
  // Beyond 32 bits: a stream that goes on for two months.
  { ms: 5_000_000_123, data: Uint8Array.of(9) },
];
const FILE = Buffer.concat([ivfHead({ width: 854, height: 480 }), ...FRAMES.map(ivfFrame)]);

test.each([1, 3, 12, 31, 1_000])('frames are read whole, however the bytes come: %i at a time', (step) => {
  const reader = new IvfReader();
  const read: IvfFrame[] = [];
  for (let at = 0; at < FILE.length; at += step) read.push(...reader.push(FILE.subarray(at, at + step)));
  expect(read.map(({ ms, data }) => ({ ms, data: Uint8Array.from(data) }))).toEqual(FRAMES);
  expect(reader.header).toEqual({
    fourCc: 'AV01',
    width: 854,
    height: 480,
    timeBase: { numerator: 1, denominator: 1_000 },
  });
});

test('times in units of a frame become milliseconds', () => {
  const file = Buffer.from(FILE);
  file.writeUInt32LE(30, 16);
  file.writeBigUInt64LE(181_525n, 36);
  expect(new IvfReader().push(file)[0]?.ms).toBe(6_050_833);
});

test('what is no IVF is refused', () => {
  expect(() => new IvfReader().push(Buffer.alloc(64, 1))).toThrow('not IVF');
  const huge = Buffer.from(FILE);
  huge.writeUInt32LE(0xffffffff, 32);
  expect(() => new IvfReader().push(huge)).toThrow('an IVF frame of 4294967295 bytes');
});
