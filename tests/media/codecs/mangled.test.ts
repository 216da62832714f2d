import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inspectFormat, inspectPayload, inspectSize } from '#src/media/codecs/inspect.ts';
import { vp8Ids } from '#src/media/codecs/vp8.ts';
import type { CodecName } from '#src/media/plan.ts';
import { realPackets } from '../packets.ts';

const codecs = ['h264', 'vp8', 'vp9', 'av1'] as const;

/** Looks at the payload as it stands in a larger buffer full of ones, where reading past the end would tell. */
function inspect(codec: CodecName, payload: Uint8Array): unknown {
  const seen = [0x00, 0xff].map((filler) => {
    const bytes = new Uint8Array(payload.length + 64).fill(filler);
    bytes.set(payload, 32);
    const [start, end] = [32, 32 + payload.length];
    const ids = codec === 'vp8' ? vp8Ids(bytes, start, end) : undefined;
    const size = inspectSize(codec, bytes, start, end);
    if (size) expect(Math.max(size.width, size.height)).toBeLessThanOrEqual(16384);
    if (ids) expect(Math.max(ids.pictureIdAt, ids.tl0At)).toBeLessThanOrEqual(payload.length);
    const format = inspectFormat(codec, bytes, start, end);
    return { facts: inspectPayload(codec, bytes, start, end), format, size, ids };
  });
  expect(seen[0]).toEqual(seen[1]);
  return seen[0];
}

test.each(codecs)('%s: random bytes harm nothing, and nothing past their end is read', (codec) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (payload) => void inspect(codec, payload)),
    { numRuns: 3000 },
  );
});

test.each(codecs)('%s: every cut and many a flipped bit of a real keyframe harm nothing', (codec) => {
  const [packet] = realPackets(codec);
  if (packet === undefined) throw new Error('no packets');
  const payload = packet.bytes.slice(packet.start, packet.end);
  for (let length = 0; length <= Math.min(200, payload.length); length++) inspect(codec, payload.subarray(0, length));
  for (let bit = 0; bit < Math.min(100, payload.length) * 8; bit++) {
    const flipped = payload.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
    inspect(codec, flipped);
  }
});
