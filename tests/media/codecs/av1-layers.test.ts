import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ended, joined } from '#src/media/codecs/av1-layers.ts';
import { obuRuns } from './obus.ts';

const fromStart = { isContinued: false, goesOn: false };
const upper = { isContinued: true, goesOn: false };
const lower = { isContinued: false, goesOn: true };
const middle = { isContinued: true, goesOn: true };

/** A payload of these OBUs, the last of which has a size only where they are not counted. */
function payloadOf(obus: readonly Uint8Array[], options: { isCounted?: boolean; flags?: number } = {}): Uint8Array {
  const isCounted = (options.isCounted ?? true) && obus.length <= 3;
  const elements = obus.flatMap((obu, index) => [
    ...(isCounted && index === obus.length - 1 ? [] : sizeOf(obu.length)),
    ...obu,
  ]);
  return Uint8Array.of((isCounted ? obus.length << 4 : 0) | (options.flags ?? 0), ...elements);
}

const sizeOf = (length: number) => (length < 128 ? [length] : [0x80 | (length & 0x7f), length >> 7]);
const obu = fc.uint8Array({ minLength: 1, maxLength: 300 });

test('layers that are joined are one run of the very same OBUs', () => {
  const layer = fc.record({ obus: fc.array(obu, { minLength: 1, maxLength: 5 }), isCounted: fc.boolean() });
  fc.assert(
    fc.property(fc.array(layer, { minLength: 2, maxLength: 3 }), (layers) => {
      const payloads = layers.map(({ obus, isCounted }, index) =>
        joined(payloadOf(obus, { isCounted }), { isContinued: index > 0, goesOn: index < layers.length - 1 }),
      );
      expect(obuRuns(payloads)).toEqual([layers.flatMap(({ obus }) => obus.map((one) => [...one]))]);
    }),
    { seed: 7 },
  );
});

describe('a payload', () => {
  const plain = payloadOf([Uint8Array.of(0x34, 0x08, 1, 2)]);

  test.each([
    ['of the only layer stays as it is', fromStart, '1034080102'],
    ['of the highest begins with nothing of the one below', upper, 'a00034080102'],
    ['of the lowest says that its last OBU goes on', lower, '5034080102'],
    ['of one between does both', middle, 'e00034080102'],
  ])('%s', (_what, joint, expected) => {
    expect(Buffer.from(joined(plain, joint)).toString('hex')).toBe(expected);
  });

  test('that is joined already is left alone', () => {
    const once = joined(plain, middle);
    expect(joined(once, middle)).toBe(once);
  });

  test('begins no new sequence where it continues another', () => {
    const key = payloadOf([Uint8Array.of(0x0c, 0x08, 1), Uint8Array.of(0x34, 0x08, 2)], { flags: 0x08 });
    expect(key[0]).toBe(0x28);
    expect(joined(key, upper)[0]).toBe(0xb0);
    expect(joined(key, lower)[0]).toBe(0x68);
  });

  test('is ended as it was before it was joined', () => {
    expect(ended(joined(plain, lower))).toEqual(plain);
  });

  test('of three OBUs, the last of which is cut off, is no reason to read on', () => {
    for (const bytes of [[0x30], [0x30, 0x80], [0x30, 9, 1, 2], [0x30, 1, 1, 200, 1]]) {
      expect(joined(Uint8Array.from(bytes), upper).length).toBeLessThanOrEqual(bytes.length + 3);
    }
  });
});
