import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RtpPacket, RtpHeader as WeriftHeader } from 'werift';
import { endWithoutPadding, RtpHeader } from '#src/media/rtp-header.ts';

const plain = [0x80, 0xe0, 0xff, 0xfe, 0x80, 0, 0, 1, 0xde, 0xad, 0xbe, 0xef];

function withExtensions(profile: number, elements: readonly number[]): Uint8Array {
  const words = Math.ceil(elements.length / 4);
  const padding = new Array<number>(words * 4 - elements.length).fill(0);
  return Uint8Array.from([
    0x90,
    ...plain.slice(1),
    profile >> 8,
    profile & 0xff,
    0,
    words,
    ...elements,
    ...padding,
    42,
  ]);
}

describe('an RTP header', () => {
  test('reads what stands at an offset', () => {
    const header = new RtpHeader();
    expect(header.read(Uint8Array.from([1, 2, 3, ...plain, 9]), 3, 16)).toBe(true);
    expect(header.payloadType).toBe(96);
    expect(header.marker).toBe(true);
    expect(header.seq).toBe(0xfffe);
    expect(header.timestamp).toBe(0x80000001);
    expect(header.ssrc).toBe(0xdeadbeef);
    expect(header.hasPadding).toBe(false);
    expect(header.headerLength).toBe(12);
  });

  test('counts CSRCs and extensions into its length', () => {
    const header = new RtpHeader();
    const bytes = Uint8Array.from([
      0x92,
      ...plain.slice(1),
      ...new Array(8).fill(7),
      0xbe,
      0xde,
      0,
      1,
      0x10,
      0x30,
      0,
      0,
    ]);
    expect(header.read(bytes, 0, bytes.length)).toBe(true);
    expect(header.headerLength).toBe(28);
    expect(header.extension(1)).toEqual(Uint8Array.of(0x30));
  });

  test.each([
    ['is shorter than twelve bytes', plain.slice(0, 11)],
    ['has another version', [0x40, ...plain.slice(1)]],
    ['lacks its CSRCs', [0x82, ...plain.slice(1), 0, 0, 0, 0]],
    ['lacks the head of its extensions', [0x90, ...plain.slice(1), 0xbe, 0xde]],
    ['lacks its extensions', [0x90, ...plain.slice(1), 0xbe, 0xde, 0, 2, 0, 0, 0, 0]],
  ])('is refused when it %s', (_, bytes) => {
    const header = new RtpHeader();
    expect(header.read(Uint8Array.from(bytes), 0, bytes.length)).toBe(false);
    expect(header.extension(1)).toBe(undefined);
  });

  test('forgets the extensions of the packet before', () => {
    const header = new RtpHeader();
    const bytes = withExtensions(0xbede, [0x10, 5]);
    header.read(bytes, 0, bytes.length);
    header.read(Uint8Array.from(plain), 0, 12);
    expect(header.extension(1)).toBe(undefined);
  });
});

describe('header extensions', () => {
  function read(bytes: Uint8Array): RtpHeader {
    const header = new RtpHeader();
    expect(header.read(bytes, 0, bytes.length)).toBe(true);
    return header;
  }

  test('of the one-byte form are found past padding, up to id 15', () => {
    const header = read(withExtensions(0xbede, [0x10, 5, 0, 0x22, 1, 2, 3, 0xf0, 0, 0x30, 1]));
    expect(header.extension(1)).toEqual(Uint8Array.of(5));
    expect(header.extension(2)).toEqual(Uint8Array.of(1, 2, 3));
    expect(header.extension(3)).toBe(undefined);
    expect(header.extension(15)).toBe(undefined);
  });

  test('of the two-byte form may be empty and have large ids', () => {
    const header = read(withExtensions(0x1000, [1, 0, 0, 200, 2, 8, 9]));
    expect(header.extension(1)).toEqual(new Uint8Array(0));
    expect(header.extension(200)).toEqual(Uint8Array.of(8, 9));
  });

  test('that reach past their end are not found', () => {
    expect(read(withExtensions(0xbede, [0x10, 5, 0x3f, 1])).extension(3)).toBe(undefined);
    expect(read(withExtensions(0xbede, [0x10, 5, 0x31, 1])).extension(3)).toBe(undefined);
    expect(read(withExtensions(0x1000, [7, 20, 1, 1])).extension(7)).toBe(undefined);
  });

  test('of an unknown profile are not found', () => {
    expect(read(withExtensions(0x1234, [0x10, 5])).extension(1)).toBe(undefined);
  });
});

test('agrees with werift on every packet that werift writes', () => {
  const packets = fc.record({
    marker: fc.boolean(),
    payloadType: fc.nat(127),
    sequenceNumber: fc.nat(65535),
    timestamp: fc.nat(0xffffffff),
    ssrc: fc.nat(0xffffffff),
    extensions: fc.uniqueArray(
      fc.record({ id: fc.integer({ min: 1, max: 14 }), payload: fc.uint8Array({ minLength: 1, maxLength: 16 }) }),
      { selector: ({ id }) => id, maxLength: 5 },
    ),
  });
  fc.assert(
    fc.property(packets, ({ extensions, ...fields }) => {
      const written = new WeriftHeader({
        ...fields,
        extension: extensions.length > 0,
        extensionProfile: 0xbede,
        extensions: extensions.map(({ id, payload }) => ({ id, payload: Buffer.from(payload) })),
      });
      const bytes = new RtpPacket(written, Buffer.of(1, 2, 3)).serialize();
      const header = new RtpHeader();
      expect(header.read(bytes, 0, bytes.length)).toBe(true);
      expect(header.headerLength).toBe(bytes.length - 3);
      expect(header).toMatchObject({
        marker: fields.marker,
        payloadType: fields.payloadType,
        seq: fields.sequenceNumber,
        timestamp: fields.timestamp,
        ssrc: fields.ssrc,
      });
      for (const { id, payload } of extensions)
        expect(Buffer.from(header.extension(id) ?? [])).toEqual(Buffer.from(payload));
    }),
  );
});

test('mangled bytes never make it throw or look past their end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(255), (bytes, id) => {
      if (bytes.length > 0) bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x80;
      const header = new RtpHeader();
      if (!header.read(bytes, 0, bytes.length)) return;
      expect(header.headerLength).toBeLessThanOrEqual(bytes.length);
      const found = header.extension(id);
      if (found) expect(found.byteOffset + found.length).toBeLessThanOrEqual(bytes.byteOffset + header.headerLength);
    }),
    { numRuns: 2000 },
  );
});

test('padding is cut off, and refused where it cannot be', () => {
  expect(endWithoutPadding(Uint8Array.of(9, 9, 1, 0, 2), 0, 5)).toBe(3);
  expect(endWithoutPadding(Uint8Array.of(0, 0, 3), 0, 3)).toBe(0);
  expect(endWithoutPadding(Uint8Array.of(9, 9, 0), 0, 3)).toBe(-1);
  expect(endWithoutPadding(Uint8Array.of(9, 9, 4), 0, 3)).toBe(-1);
  expect(endWithoutPadding(Uint8Array.of(9), 1, 1)).toBe(-1);
});
