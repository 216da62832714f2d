import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader } from '../../src/transport/frame-reader.ts';

const SEED = 4571;
const MAX = 2048;

function framed(...packets: readonly Uint8Array[]): Buffer {
  return Buffer.concat(packets.flatMap((packet) => [Buffer.from([packet.length >> 8, packet.length & 0xff]), packet]));
}

function readAll(reader: FrameReader, chunk: Uint8Array): Buffer[] {
  const packets: Buffer[] = [];
  reader.add(chunk);
  for (let packet = reader.next(); packet; packet = reader.next()) packets.push(Buffer.from(packet));
  return packets;
}

const bytes = (length: number) => Buffer.alloc(length, length & 0xff);

describe('a frame reader', () => {
  test.each<[string, readonly Buffer[], readonly number[], boolean]>([
    ['nothing', [Buffer.alloc(0)], [], false],
    ['one packet', [framed(bytes(5))], [5], false],
    ['several packets of one chunk', [framed(bytes(1), bytes(300), bytes(2))], [1, 300, 2], false],
    ['a packet of several chunks', [Buffer.from([0]), Buffer.from([4, 4]), Buffer.from([4, 4]), bytes(4)], [4], false],
    ['a half length', [Buffer.from([1])], [], false],
    ['the longest packet', [framed(bytes(MAX))], [MAX], false],
    ['a longer one', [framed(bytes(3), bytes(MAX + 1), bytes(3))], [3], true],
    ['a length whose packet will never come', [Buffer.from([0xff, 0xff])], [], true],
    ['empty packets, which are passed over', [Buffer.alloc(1000), framed(bytes(7))], [7], false],
    ['HTTP', [Buffer.from('GET / HTTP/1.1\r\n\r\n')], [], true],
    ['TLS', [Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00])], [], true],
  ])('reads %s', (_, chunks, lengths, isBroken) => {
    const reader = new FrameReader({ maxBytes: MAX });
    expect(chunks.flatMap((chunk) => readAll(reader, chunk)).map(({ length }) => length)).toEqual(lengths);
    expect(reader.isBroken).toBe(isBroken);
  });

  test('that is broken reads no more', () => {
    const reader = new FrameReader({ maxBytes: 10 });
    expect(readAll(reader, framed(bytes(11)))).toEqual([]);
    expect(readAll(reader, framed(bytes(4)))).toEqual([]);
    expect(reader.isBroken).toBe(true);
  });

  test('gives the same packets however the stream is cut', () => {
    const packet = fc.uint8Array({ minLength: 1, maxLength: 300 });
    const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 400 }));
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 20 }), cuts, (packets, lengths) => {
        const reader = new FrameReader({ maxBytes: 300 });
        const stream = framed(...packets);
        const read: Buffer[] = [];
        for (let at = 0; at < stream.length; ) {
          const length: number = lengths.next().value ?? 1;
          read.push(...readAll(reader, stream.subarray(at, at + length)));
          at += length;
        }
        expect(read).toEqual(packets.map((whole) => Buffer.from(whole)));
      }),
      { seed: SEED },
    );
  });

  test('gives no packet of a length that is not allowed, whatever comes', () => {
    const chunk = fc.uint8Array({ maxLength: 400 });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
        const reader = new FrameReader({ maxBytes: 64 });
        for (const packet of chunks.flatMap((part) => readAll(reader, part))) {
          expect(packet.length).toBeGreaterThan(0);
          expect(packet.length).toBeLessThanOrEqual(64);
        }
      }),
      { seed: SEED },
    );
  });
});
