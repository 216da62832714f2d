import { expect, test } from 'vitest';
import { ivfFrame, ivfHead } from '../../src/dash/ivf.ts';
import { IvfReader } from '../../src/media/ivf.ts';

test('what is written is read again with its times, also after two months', () => {
  const frames = [
    { ms: 0, data: Uint8Array.of(1, 2, 3) },
    { ms: 7_261_033, data: new Uint8Array(0) },
    { ms: 5_000_000_123, data: Uint8Array.of(9) },
  ];
  const file = Buffer.concat([ivfHead({ width: 854, height: 480 }), ...frames.map(ivfFrame)]);
  const read = new IvfReader().push(file);
  expect(read.map(({ ms, data }) => ({ ms, data: Uint8Array.from(data) }))).toEqual(frames);
});
