import { describe, expect, test } from 'vitest';
import { av1Facts, av1Size } from '#src/media/codecs/av1.ts';
import { FRAME_START_BIT, GROUP_START_BIT } from '#src/media/codecs/payload-facts.ts';
import { bytesOfBits, fixed, golomb } from './bits.ts';

const both = FRAME_START_BIT | GROUP_START_BIT;

// Sizes of 1280 x 720 in 11 and 10 bits; one operating point of level 8 with its tier where nothing else is said.
const sizeBits = `${fixed(10, 4)}${fixed(9, 4)}${fixed(1279, 11)}${fixed(719, 10)}`;
const sequences = {
  'in its usual form': bytesOfBits('000 0 0', '0', '0', fixed(0, 5), fixed(0, 12), fixed(8, 5), '0', sizeBits),
  'of a still picture': bytesOfBits('000 1 1', fixed(8, 5), sizeBits),
  'with timing and display delay': bytesOfBits(
    ...['000 0 0', '1', fixed(1, 32), fixed(30, 32), '1', golomb(5), '0', '1', fixed(0, 5)],
    ...[fixed(0, 12), fixed(4, 5), '1', fixed(9, 4), sizeBits],
  ),
  'with a decoder model for two points': bytesOfBits(
    ...['000 0 0', '1', fixed(1, 32), fixed(30, 32), '0', '1', fixed(9, 5), fixed(1, 32), fixed(9, 5), fixed(9, 5)],
    ...['0', fixed(1, 5)],
    ...[fixed(0x101, 12), fixed(9, 5), '1', '1', fixed(3, 10), fixed(3, 10), '0'],
    ...[fixed(0x103, 12), fixed(5, 5), '0', sizeBits],
  ),
};
const plainSequence = sequences['in its usual form'];

const sequenceObu = [0x08, ...plainSequence];
const keyFrameObu = [0x30, 0x10, 1, 2, 3];
const interFrameObu = [0x30, 0x30, 1, 2, 3];

/** An element with its length in front. */
function sized(obu: readonly number[]): number[] {
  return [obu.length, ...obu];
}

function facts(...payload: number[]): number {
  return av1Facts(Uint8Array.from(payload), 0, payload.length);
}

function size(...payload: number[]) {
  return av1Size(Uint8Array.from(payload), 0, payload.length);
}

describe.each([
  ['each with its length', [0x08, ...sized(sequenceObu), ...sized(keyFrameObu)]],
  ['the last of two without', [0x28, ...sized(sequenceObu), ...keyFrameObu]],
  ['alone, its frame in the next packet', [0x18, ...sequenceObu]],
  ['behind a temporal delimiter', [0x38, ...sized([0x10]), ...sized(sequenceObu), ...keyFrameObu]],
  ['with sizes of their own', [0x28, ...sized([0x0a, plainSequence.length, ...plainSequence]), ...keyFrameObu]],
  ['with an extension', [0x28, ...sized([0x0c, 0x00, ...plainSequence]), ...keyFrameObu]],
  ['without the N bit, but with a shown key frame', [0x20, ...sized(sequenceObu), ...keyFrameObu]],
])('AV1 elements %s', (_, payload) => {
  test('start a group and tell the size', () => {
    expect(facts(...payload)).toBe(both);
    expect(size(...payload)).toEqual({ width: 1280, height: 720 });
  });
});

test.each([
  ['a frame alone', FRAME_START_BIT, [0x10, ...interFrameObu]],
  [
    'a repeated sequence header before a frame that needs others',
    FRAME_START_BIT,
    [0x20, ...sized(sequenceObu), ...interFrameObu],
  ],
  ['the N bit without a sequence header', FRAME_START_BIT, [0x18, ...keyFrameObu]],
  ['the rest of an OBU that looks like a sequence header', 0, [0x98, ...sequenceObu]],
  ['an element longer than the packet', FRAME_START_BIT, [0x08, 40, ...sequenceObu]],
])('%s starts no group', (_, expected, payload) => {
  expect(facts(...payload)).toBe(expected);
});

test.each(Object.entries(sequences))('the size in a sequence header %s is found', (_, sequence) => {
  expect(size(0x18, 0x08, ...sequence)).toEqual({ width: 1280, height: 720 });
  expect(size(0x18, 0x08, ...sequence.slice(0, -3))).toBe(undefined);
});
