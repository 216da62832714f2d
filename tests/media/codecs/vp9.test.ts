import { describe, expect, test } from 'vitest';
import { FRAME_START_BIT, GROUP_START_BIT } from '#src/media/codecs/payload-facts.ts';
import { vp9Facts, vp9Size } from '#src/media/codecs/vp9.ts';
import { bytesOfBits, fixed } from './bits.ts';

const both = FRAME_START_BIT | GROUP_START_BIT;

/** Uncompressed headers by profile: frame marker, profile, then what stands before the size. */
function frame(profile: number, isKey = true): number[] {
  const profileBits = `${profile & 1}${profile >> 1}${profile === 3 ? '0' : ''}`;
  const color = `${profile >= 2 ? '0' : ''} 010 0 ${profile % 2 === 1 ? '000' : ''}`;
  const type = isKey ? '0 0 1 0' : '0 1 1 0';
  return bytesOfBits('10', profileBits, type, fixed(0x498342, 24), color, fixed(639, 16), fixed(359, 16), '0');
}

function facts(...payload: number[]): number {
  return vp9Facts(Uint8Array.from(payload), 0, payload.length);
}

function size(...payload: number[]) {
  return vp9Size(Uint8Array.from(payload), 0, payload.length);
}

describe.each([
  ['of one byte', [0x08]],
  ['with a short picture id', [0x88, 0x11]],
  ['with a long picture id', [0x88, 0x91, 0x11]],
  ['with layers and TL0PICIDX', [0xa8, 0x11, 0x00, 0x07]],
  ['with layers in flexible mode', [0xb8, 0x11, 0x00]],
  ['with a structure of no sizes and one picture', [0x0a, 0x08, 0x01, 0x04, 0x01]],
])('a VP9 descriptor %s', (_, descriptor) => {
  test('leads to the frame', () => {
    expect(facts(...descriptor, ...frame(0))).toBe(both);
    expect(facts(...descriptor, ...frame(0, false))).toBe(FRAME_START_BIT);
    expect(size(...descriptor, ...frame(0))).toEqual({ width: 640, height: 360 });
  });
});

test.each([0, 1, 2, 3])('the size of a key frame of profile %i is found', (profile) => {
  expect(facts(0x08, ...frame(profile))).toBe(both);
  expect(size(0x08, ...frame(profile))).toEqual({ width: 640, height: 360 });
});

test('an RGB key frame has no colour range', () => {
  const header = bytesOfBits('10 10 0 0 1 0', fixed(0x498342, 24), '111 0', fixed(99, 16), fixed(49, 16), '0');
  expect(size(0x08, ...header)).toEqual({ width: 100, height: 50 });
});

test('the largest layer of a scalability structure is the size', () => {
  const structure = [0x38, 0x01, 0x40, 0x00, 0xb4, 0x02, 0x80, 0x01, 0x68, 0x01, 0x04, 0x01];
  expect(size(0x2a, 0x00, 0x00, ...structure, ...frame(0))).toEqual({ width: 640, height: 360 });
  expect(facts(0x2a, 0x00, 0x00, ...structure, ...frame(0))).toBe(both);
});

test.each([
  ['an upper spatial layer', 0, [0xa8, 0x11, 0x02, 0x07, ...frame(0)]],
  ['a later packet of a frame', 0, [0x00, ...frame(0)]],
  ['a frame predicted from others', FRAME_START_BIT, [0x48, ...frame(0, false)]],
  ['a frame with three references in flexible mode', FRAME_START_BIT, [0x58, 0x03, 0x05, 0x06, ...frame(0, false)]],
  ['a frame shown again', FRAME_START_BIT, [0x08, ...bytesOfBits('10 00 1 000')]],
  ['a descriptor alone', 0, [0x08]],
])('%s is told from a key frame', (_, expected, payload) => {
  expect(facts(...payload)).toBe(expected);
});
