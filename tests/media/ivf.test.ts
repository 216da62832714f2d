import { describe, expect, it } from 'vitest';
import { IvfError, IvfReader } from '#src/media/ivf.ts';
import { ivfFrame as frame, ivfHeader as header } from '../support/ivf.ts';

const FRAMES = [
  frame(61_000, Buffer.alloc(700, 1)),
  frame(61_033, Buffer.alloc(0)),
  frame(2 ** 33, Buffer.alloc(9, 3)),
];
const read = (reader: IvfReader, pieces: readonly Uint8Array[]) =>
  pieces.flatMap((piece) =>
    reader.push(piece).map(({ ms, data }) => ({ ms, bytes: Buffer.from(data).toString('hex') })),
  );

describe('IVF that comes in pieces', () => {
  const file = Buffer.concat([header(), ...FRAMES]);
  const whole = read(new IvfReader(), [file]);

  it('is the same however it is cut', () => {
    expect(whole.map(({ ms }) => ms)).toEqual([61_000, 61_033, 2 ** 33]);
    for (const size of [1, 2, 11, 12, 13, 31, 33, 500]) {
      const pieces = Array.from({ length: Math.ceil(file.length / size) }, (_, at) =>
        file.subarray(at * size, (at + 1) * size),
      );
      expect(read(new IvfReader(), pieces)).toEqual(whole);
    }
  });

  it('has times in whatever base its header says', () => {
    const [first] = new IvfReader().push(Buffer.concat([header({ perSecond: 30 }), frame(60, Buffer.alloc(1))]));
    expect(first?.ms).toBeCloseTo(2000);
  });
});

describe('what is no IVF of AV1', () => {
  it.each([
    ['of another kind', header({ magic: 'RIFF' })],
    ['of another codec', header({ codec: 'VP80' })],
    ['without a time base', header({ perSecond: 0 })],
    ['with a frame beyond all bounds', Buffer.concat([header(), Buffer.alloc(12, 0xff)])],
  ])('%s', (_, bytes) => {
    expect(() => new IvfReader().push(bytes)).toThrow(IvfError);
  });
});
