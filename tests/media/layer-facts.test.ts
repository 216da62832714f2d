import { describe, expect, test } from 'vitest';
import { LayerFactsReader } from '#src/media/layer-facts-reader.ts';
import type { CodecName } from '#src/media/plan.ts';

function facts(codec: CodecName, payload: readonly number[], descriptor?: string, reader = new LayerFactsReader()) {
  const bytes = Uint8Array.from(payload);
  const extension = descriptor === undefined ? undefined : Uint8Array.from(Buffer.from(descriptor, 'hex'));
  return reader.read(codec, bytes, 0, bytes.length, extension);
}

describe('the layers of a VP8 packet', () => {
  test.each([
    ['a base picture', 0x00, { temporalId: 0, riseFrom: 0, riseTo: 0 }],
    ['an upper picture', 0x80, { temporalId: 2, riseFrom: 2, riseTo: 2 }],
    ['an upper picture that needs the base alone', 0xa0, { temporalId: 2, riseFrom: 1, riseTo: 2 }],
    ['a middle picture that needs the base alone', 0x60, { temporalId: 1, riseFrom: 0, riseTo: 1 }],
  ])('%s', (_what, layer, expected) => {
    expect(facts('vp8', [0x90, 0xe0, 0x81, 0x23, 0x07, layer, 0x11])).toMatchObject(expected);
    expect(facts('vp8', [0x90, 0xe0, 0x01, 0x07, layer, 0x11])).toMatchObject(expected);
    expect(facts('vp8', [0x90, 0x20, layer, 0x11])).toMatchObject(expected);
  });

  test('are unknown where the descriptor names none or is cut off', () => {
    expect(facts('vp8', [0x10, 0x11])).toBe(undefined);
    expect(facts('vp8', [0x90, 0xc0, 0x01, 0x07, 0x11])).toBe(undefined);
    expect(facts('vp8', [0x90, 0xe0, 0x81])).toBe(undefined);
    expect(facts('vp8', [])).toBe(undefined);
  });
});

describe('the layers of a VP9 packet', () => {
  // As Chromium 156 sent them.
  test.each([
    ['a whole picture of the base', 'fdfbcb300487080600027e01', { spatialId: 0, temporalId: 1, isLayerEnd: true }],
    ['the first of several of a layer', 'f9fbcc52028700800004fe02', { spatialId: 1, temporalId: 2, isLayerEnd: false }],
    ['the last of several of a layer', 'f5fbca540293bcacca96af76', { spatialId: 2, temporalId: 2, isLayerEnd: true }],
  ])('%s', (_what, hex, expected) => {
    const read = facts('vp9', [...Buffer.from(hex, 'hex')]);
    expect(read).toMatchObject({ ...expected, riseFrom: expected.temporalId, riseTo: 255 });
  });

  test('are unknown where the descriptor names none or is cut off', () => {
    expect(facts('vp9', [0x8c, 0x11, 0x00])).toBe(undefined);
    expect(facts('vp9', [0xac, 0x91])).toBe(undefined);
    expect(facts('vp9', [])).toBe(undefined);
  });
});

describe('the layers of an H264 or AV1 packet', () => {
  const structure = '800001800214eaa860414d1410208427013f00b3';

  test.each(['h264', 'av1'] as const)('%s: come from the dependency descriptor', (codec) => {
    const reader = new LayerFactsReader();
    const read = (descriptor?: string) => facts(codec, [1, 2, 3], descriptor, reader);
    expect(read('c30002')).toBe(undefined);
    const [first, whole] = [
      { spatialId: 0, isLayerStart: true, isLayerEnd: false },
      { spatialId: 0, isLayerStart: true, isLayerEnd: true },
    ];
    expect(read(structure)).toEqual({ ...first, temporalId: 0, riseFrom: 0, riseTo: 2 });
    expect(read('c30002')).toEqual({ ...whole, temporalId: 2, riseFrom: 2, riseTo: 2 });
    expect(read('820003')).toEqual({ ...first, temporalId: 1, riseFrom: 1, riseTo: 2 });
    expect(read()).toBe(undefined);
    reader.reset();
    expect(read('c30002')).toBe(undefined);
  });
});
