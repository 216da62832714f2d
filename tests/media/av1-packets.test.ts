import { describe, expect, it } from 'vitest';
import { AV1RtpPayload } from 'werift';
import { av1Facts, leb128, readLeb128 } from '#src/media/codecs/av1.ts';
import { av1Payloads } from '#src/media/codecs/av1-packets.ts';
import { GROUP_START_BIT } from '#src/media/codecs/payload-facts.ts';
import { av1Frame } from '#src/recording/av1-frame.ts';

const [SEQUENCE, DELIMITER, PADDING, FRAME, TILES] = [1, 2, 15, 6, 4];

/** With its size, as encoders write it. */
function obu(type: number, bytes: number, fill = type): Buffer {
  return Buffer.concat([Uint8Array.of((type << 3) | 2, ...leb128(bytes)), Buffer.alloc(bytes, fill)]);
}

/** As it may stand at the end. */
function unsized(bytes: Buffer): Buffer {
  const { next = 1 } = readLeb128(bytes, 1, bytes.length) ?? {};
  return Buffer.concat([Uint8Array.of((bytes[0] ?? 0) & ~2), bytes.subarray(next)]);
}

const startsGroup = (payload: Uint8Array) => (av1Facts(payload, 0, payload.length) & GROUP_START_BIT) !== 0;

const units = {
  'a keyframe': [obu(SEQUENCE, 11), obu(FRAME, 9_000)],
  'a small picture': [obu(FRAME, 40)],
  'a picture of many parts': [obu(3, 20), obu(TILES, 700), obu(TILES, 700, 9), obu(TILES, 300), obu(TILES, 2)],
  'five small parts': [1, 2, 3, 4, 5].map((fill) => obu(TILES, 30, fill)),
} as const;

describe.each(Object.entries(units))('%s', (name, obus) => {
  const unit = Buffer.concat(obus);

  it.each([16, 100, 1150, 1200, 20_000])('comes out as it went in, in packets of at most %i bytes', (maxBytes) => {
    const payloads = av1Payloads(Buffer.concat([obu(DELIMITER, 0), unit, obu(PADDING, 50)]), maxBytes);
    for (const payload of payloads) expect(payload.length).toBeLessThanOrEqual(maxBytes);
    expect(Buffer.from(av1Frame(payloads)).equals(unit)).toBe(true);
    expect(payloads.map(startsGroup)).toEqual(payloads.map((_, index) => index === 0 && name === 'a keyframe'));
  });

  it('is read by another implementation', () => {
    const payloads = av1Payloads(unit, 1150).map((payload) => AV1RtpPayload.deSerialize(Buffer.from(payload)));
    const [last = Buffer.alloc(0), ...others] = obus.toReversed();
    expect(AV1RtpPayload.getFrame(payloads)).toEqual(Buffer.concat([...others.toReversed(), unsized(last)]));
  });
});

it('packets of a large picture are of one length, so that the kernel takes them as one', () => {
  const lengths = av1Payloads(Buffer.concat([obu(SEQUENCE, 11), obu(FRAME, 20_000)]), 1150).map(({ length }) => length);
  const [first = 0, ...rest] = lengths.slice(0, -1);
  expect(first).toBeGreaterThan(1140);
  for (const length of rest) expect(Math.abs(length - first)).toBeLessThanOrEqual(1);
});

it('nothing comes of what is malformed or empty, whatever it is', () => {
  const unit = Buffer.concat(units['a keyframe']);
  expect(av1Payloads(obu(DELIMITER, 0), 1150)).toEqual([]);
  expect(av1Payloads(unit.subarray(0, 500), 1150)).toEqual([]);
  expect(av1Payloads(Uint8Array.of(FRAME << 3, 1, 2, 3), 1150)).toEqual([]);
  expect(() => av1Payloads(unit, 4)).toThrow(RangeError);
});
