import { describe, expect, test } from 'vitest';
import { h264Facts, h264Size } from '#src/media/codecs/h264.ts';
import { B_PICTURE_BIT, FRAME_START_BIT, GROUP_START_BIT } from '#src/media/codecs/payload-facts.ts';
import { bytesOfBits, fixed, golomb } from './bits.ts';

const both = FRAME_START_BIT | GROUP_START_BIT;

function facts(...payload: number[]): number {
  return h264Facts(Uint8Array.from(payload), 0, payload.length);
}

function size(...payload: number[]) {
  return h264Size(Uint8Array.from(payload), 0, payload.length);
}

interface SpsFields {
  readonly profile?: number;
  readonly chroma?: string;
  readonly order?: string;
  readonly widthInMbs: number;
  readonly heightInMapUnits: number;
  readonly isInterlaced?: boolean;
  readonly crop?: readonly number[];
}

function sps({ profile = 66, chroma = '', order = golomb(0) + golomb(0), ...fields }: SpsFields): number[] {
  const crop = fields.crop === undefined ? '0' : `1${fields.crop.map(golomb).join('')}`;
  const size = golomb(fields.widthInMbs - 1) + golomb(fields.heightInMapUnits - 1);
  const frames = fields.isInterlaced ? '0 1' : '1';
  const start = fixed(profile, 8) + fixed(0, 8) + fixed(31, 8) + golomb(0);
  return [0x67, ...bytesOfBits(start, chroma, golomb(0), order, golomb(1), '0', size, frames, '1', crop, '0 1')];
}

describe('an H.264 payload', () => {
  test.each([
    ['a lone SPS', both, [0x67, 0x42, 0, 31]],
    ['a lone PPS', FRAME_START_BIT, [0x68, 0xce]],
    ['an access unit delimiter', FRAME_START_BIT, [0x09, 0xf0]],
    ['filler data', 0, [0x0c, 0xff, 0x80]],
    ['a B slice from macroblock 0', FRAME_START_BIT | B_PICTURE_BIT, [0x01, 0xa8]],
    ['a B slice of a picture that is all B', FRAME_START_BIT | B_PICTURE_BIT, [0x41, 0x9c]],
    ['a P slice from macroblock 0', FRAME_START_BIT, [0x41, 0x9a]],
    ['an IDR slice from macroblock 0', FRAME_START_BIT, [0x65, 0x88]],
    ['an IDR slice from a later macroblock', 0, [0x65, 0x40]],
    ['a slice header cut off', 0, [0x41]],
    ['the first fragment of a slice from macroblock 0', FRAME_START_BIT, [0x7c, 0x85, 0x88]],
    ['the first fragment of an SPS', both, [0x7c, 0x87, 0x42]],
    ['a later fragment', 0, [0x7c, 0x05, 0x88]],
    ['an aggregate of PPS and slice', FRAME_START_BIT, [0x78, 0, 2, 0x68, 0xce, 0, 2, 0x65, 0x88]],
    ['an aggregate with an SPS behind a delimiter', both, [0x78, 0, 2, 0x09, 0xf0, 0, 2, 0x67, 0x42]],
    ['an aggregate cut off before its SPS ends', FRAME_START_BIT, [0x78, 0, 2, 0x09, 0xf0, 0, 3, 0x67, 0x42]],
  ])('with %s says so', (_, expected, payload) => {
    expect(facts(...payload)).toBe(expected);
  });
});

describe('the size in an SPS', () => {
  test('counts macroblocks and takes the crop off', () => {
    expect(size(...sps({ widthInMbs: 80, heightInMapUnits: 45 }))).toEqual({ width: 1280, height: 720 });
    const fullHd = sps({ widthInMbs: 120, heightInMapUnits: 68, crop: [0, 0, 0, 4] });
    expect(size(...fullHd)).toEqual({ width: 1920, height: 1080 });
  });

  test('counts map units twice where pictures are interlaced', () => {
    const interlaced = sps({ widthInMbs: 120, heightInMapUnits: 34, isInterlaced: true, crop: [0, 0, 0, 2] });
    expect(size(...interlaced)).toEqual({ width: 1920, height: 1080 });
  });

  test('is found behind other kinds of picture order', () => {
    const order = `${golomb(1)} 0 ${golomb(0)}${golomb(3)}${golomb(2)}${golomb(5)}${golomb(6)}`;
    expect(size(...sps({ order, widthInMbs: 20, heightInMapUnits: 11 }))).toEqual({ width: 320, height: 176 });
    expect(size(...sps({ order: golomb(2), widthInMbs: 20, heightInMapUnits: 11 }))).toEqual({
      width: 320,
      height: 176,
    });
  });

  test('is found behind scaling lists, and counts crops in chroma units', () => {
    // Lists 0 and 6 are there: deltas of 0 for all 16 and 64 entries; list 1 ends at once by a next scale of 0.
    const lists = `1 1${'1'.repeat(16)} 1${golomb(16)} 0000 1${'1'.repeat(64)} 0`;
    const chroma = `${golomb(1)}${golomb(0)}${golomb(0)} 0 ${lists}`;
    const high = sps({ profile: 100, chroma, widthInMbs: 40, heightInMapUnits: 23, crop: [0, 0, 0, 4] });
    expect(size(...high)).toEqual({ width: 640, height: 360 });
    const fullChroma = `${golomb(3)} 0 ${golomb(0)}${golomb(0)} 0 0`;
    const high444 = sps({ profile: 244, chroma: fullChroma, widthInMbs: 40, heightInMapUnits: 23, crop: [1, 0, 0, 8] });
    expect(size(...high444)).toEqual({ width: 639, height: 360 });
  });

  test('is read past emulation prevention', () => {
    // The long run of zeros in this code makes 00 00 in the raw bytes.
    const order = `${golomb(0)}${golomb(2 ** 29 - 1)}`;
    const long = sps({ order, widthInMbs: 20, heightInMapUnits: 11 });
    const protectedLong = protect(long);
    expect(protectedLong.length).toBeGreaterThan(long.length);
    expect(size(...protectedLong)).toEqual({ width: 320, height: 176 });
  });

  test('is found in an aggregate', () => {
    const unit = sps({ widthInMbs: 20, heightInMapUnits: 11 });
    expect(size(0x78, 0, 2, 0x09, 0xf0, 0, unit.length, ...unit)).toEqual({ width: 320, height: 176 });
  });

  test('is unknown where it is cut off, or beyond all measure', () => {
    const unit = sps({ widthInMbs: 20, heightInMapUnits: 11 });
    expect(size(...unit.slice(0, 6))).toBe(undefined);
    expect(size(...sps({ widthInMbs: 20_000, heightInMapUnits: 11 }))).toBe(undefined);
    expect(size(0x65, 0x88)).toBe(undefined);
  });
});

function protect(raw: readonly number[]): number[] {
  const escaped: number[] = [];
  for (const byte of raw) {
    if (byte <= 3 && escaped.at(-1) === 0 && escaped.at(-2) === 0) escaped.push(3);
    escaped.push(byte);
  }
  return escaped;
}
