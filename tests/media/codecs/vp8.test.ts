import { describe, expect, test } from 'vitest';
import { FRAME_START_BIT, GROUP_START_BIT } from '#src/media/codecs/payload-facts.ts';
import { vp8Facts, vp8Ids, vp8Size } from '#src/media/codecs/vp8.ts';

const keyframe = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x00, 0x45, 0xd0, 0x82];
const both = FRAME_START_BIT | GROUP_START_BIT;

/** Payload descriptors of RFC 7741 section 4.2, each before a key frame, and what ids they hold. */
const descriptors: [string, number[], [number, number, number, number, number] | undefined][] = [
  ['of one byte', [0x10], undefined],
  ['with no more than an empty extension', [0x90, 0x00], undefined],
  ['with a short picture id', [0x90, 0x80, 0x7f], [127, 2, 7, -1, 3]],
  ['with a long picture id', [0x90, 0x80, 0xff, 0xfe], [0x7ffe, 2, 15, -1, 4]],
  ['with TL0PICIDX and TID', [0x90, 0x60, 9, 0x40], [-1, 2, 7, 9, 2]],
  ['with picture id and TL0PICIDX', [0x90, 0xe0, 0x81, 2, 200, 0x20], [0x102, 2, 15, 200, 4]],
  ['with a key index alone', [0x90, 0x10, 0x05], undefined],
  ['with all there is', [0x90, 0xf0, 0x05, 7, 0x25], [5, 2, 7, 7, 3]],
];

describe.each(descriptors)('a VP8 descriptor %s', (_, descriptor, ids) => {
  const payload = Uint8Array.from([...descriptor, ...keyframe]);

  test('leads to the frame', () => {
    expect(vp8Facts(payload, 0, payload.length)).toBe(both);
    expect(vp8Size(payload, 0, payload.length)).toEqual({ width: 0x500, height: 0x2d0 });
  });

  test('tells its ids', () => {
    const [pictureId, pictureIdAt, pictureIdBits, tl0PicIdx, tl0At] = ids ?? [];
    const expected = ids && { pictureId, pictureIdAt, pictureIdBits, tl0PicIdx, tl0At };
    expect(vp8Ids(payload, 0, payload.length)).toEqual(expected);
  });

  test('before no frame at all tells nothing', () => {
    expect(vp8Facts(payload, 0, descriptor.length)).toBe(0);
    expect(vp8Ids(payload, 0, descriptor.length)).toBe(undefined);
  });
});

test.each([
  ['a frame that needs others', FRAME_START_BIT, [0x10, 0x11, 0, 0]],
  ['a later packet of a frame', 0, [0x00, 0x10, 0, 0]],
  ['the start of a later partition', 0, [0x11, 0x10, 0, 0]],
])('%s is told from a key frame', (_, expected, payload) => {
  expect(vp8Facts(Uint8Array.from(payload), 0, payload.length)).toBe(expected);
});
