import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DependencyStructure, readDependencyDescriptor } from '#src/media/dependency-descriptor.ts';

// As Chromium 156 sent them with the first keyframe.
const AV1_L1T3 = '800001800214eaa860414d1410208427013f00b3';
const AV1_L2T2 = 'c00001c003187aaaf130a0a014d1413823046008642222265027f016704ff02cf3';
const VP9_L3T3_KEY =
  'c00001c0081485214eaaaaa8000600004000100002aa80a8000600004000100002a000a800060000400016d549241b5524906d5492315' +
  '7e001974ca864330e222396eca8655304224390eca87753013f00b3027f016704ff02cf0380';
const all = [AV1_L1T3, AV1_L2T2, VP9_L3T3_KEY];

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const read = (hex: string, structure?: DependencyStructure) => readDependencyDescriptor(bytesOf(hex), structure);

function structureOf(hex: string): DependencyStructure {
  const frame = read(hex);
  if (!frame) throw new Error(`${hex} was not understood`);
  return frame.structure;
}

const idsOf = ({ decodeTargets }: DependencyStructure) =>
  decodeTargets.map(({ spatialId, temporalId }) => `${spatialId}${temporalId}`).join(' ');

describe('the dependency descriptor of a keyframe', () => {
  test.each([
    ['three temporal layers', AV1_L1T3, '00 01 02', 5, [[320, 180]]],
    [
      'two by two layers',
      AV1_L2T2,
      '00 01 10 11',
      6,
      [
        [640, 360],
        [1280, 720],
      ],
    ],
    [
      'three by three layers',
      VP9_L3T3_KEY,
      '00 01 02 10 11 12 20 21 22',
      27,
      [
        [320, 180],
        [640, 360],
        [1280, 720],
      ],
    ],
  ])('brings the structure of %s', (_what, hex, targets, templates, sizes) => {
    const structure = structureOf(hex);
    expect(idsOf(structure)).toBe(targets);
    expect(structure.templates.length).toBeGreaterThan(0);
    expect(structure.sizes.map(({ width, height }) => [width, height])).toEqual(sizes);
    expect(structure.templates.length).toBeLessThanOrEqual(templates);
  });

  test('says that it begins a frame of the lowest layers and that every target may begin there', () => {
    expect(read(AV1_L1T3)).toMatchObject({
      isFrameStart: true,
      isFrameEnd: false,
      frameNumber: 1,
      spatialId: 0,
      temporalId: 0,
      indications: [2, 2, 2],
      activeTargets: 0b111,
    });
  });
});

describe('the descriptors after it', () => {
  test.each([
    ['860092', { isFrameStart: true, isFrameEnd: false, frameNumber: 0x92, temporalId: 0, indications: [2, 2, 2] }],
    ['460092', { isFrameStart: false, isFrameEnd: true, temporalId: 0 }],
    ['c80093', { isFrameStart: true, isFrameEnd: true, temporalId: 2, indications: [0, 0, 1] }],
    ['870094', { temporalId: 1, spatialId: 0, indications: [0, 1, 2] }],
  ])('refer to its templates: %s', (hex, expected) => {
    // The second structure of that stream begins at template 5.
    const structure = structureOf('85004e80a214eaa860414d141020842701df010d');
    expect(read(hex, structure)).toMatchObject(expected);
  });

  test('may bring differences of their own', () => {
    expect(read('c200021a000800', structureOf(AV1_L2T2))).toMatchObject({ frameNumber: 2, temporalId: 1 });
    expect(read('c300021a00080000', structureOf(VP9_L3T3_KEY))).toMatchObject({ temporalId: 2, spatialId: 0 });
  });

  test('may say which decode targets go on', () => {
    // One extra byte of flags: active targets 0b0011 of four.
    expect(read('c200024180', structureOf(AV1_L2T2))).toMatchObject({ activeTargets: 0b0011 });
  });

  test('mean nothing without the structure, nor with the number of a template that it lacks', () => {
    expect(read('860092')).toBe(undefined);
    expect(read('bf0092', structureOf(AV1_L1T3))).toBe(undefined);
    expect(read('c200021a000800')).toBe(undefined);
  });

  test('shorter than their mandatory part are not read', () => {
    for (const hex of ['', '86', '8600']) expect(read(hex, structureOf(AV1_L1T3))).toBe(undefined);
  });
});

describe('a descriptor of any bytes', () => {
  const known = fc.constantFrom(undefined, ...all.map(structureOf));
  const mangled = fc
    .tuple(fc.constantFrom(...all), fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { maxLength: 6 }), fc.nat(90))
    .map(([hex, changes, cut]) => {
      const bytes = bytesOf(hex);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes.subarray(0, Math.max(1, bytes.length - (cut > 60 ? cut - 60 : 0)));
    });

  test('is understood within bounds or not at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 255 }), mangled), known, (bytes, structure) => {
        const frame = readDependencyDescriptor(bytes, structure);
        if (!frame) return;
        const { templates, decodeTargets, sizes, chains } = frame.structure;
        expect(frame.spatialId).toBeLessThanOrEqual(3);
        expect(frame.temporalId).toBeLessThanOrEqual(7);
        expect(frame.indications.length).toBe(decodeTargets.length);
        expect(templates.length).toBeLessThanOrEqual(64);
        expect(decodeTargets.length).toBeLessThanOrEqual(32);
        expect(chains).toBeLessThanOrEqual(decodeTargets.length);
        expect(sizes.length).toBeLessThanOrEqual(4);
        expect(frame.activeTargets ?? 0).toBeLessThan(2 ** decodeTargets.length);
      }),
      { numRuns: 5000 },
    );
  });
});
