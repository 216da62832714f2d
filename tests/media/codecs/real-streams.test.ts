import { expect, test } from 'vitest';
import { AV1RtpPayload, H264RtpPayload, Vp8RtpPayload, Vp9RtpPayload } from 'werift';
import { inspectFormat, inspectPayload, inspectSize } from '#src/media/codecs/inspect.ts';
import { GROUP_START_BIT } from '#src/media/codecs/payload-facts.ts';
import { vp8Ids } from '#src/media/codecs/vp8.ts';
import type { PacketInput } from '#src/media/layer.ts';
import { realPackets } from '../packets.ts';

/** What werift makes of the same payload: whether a picture that needs no other begins here. */
const oracles: Record<'h264' | 'vp8' | 'vp9' | 'av1', (payload: Buffer) => boolean> = {
  h264: (payload) => {
    const read = H264RtpPayload.deSerialize(payload);
    return read.nalUnitType === 7 || read.aggregatedNalUnitTypes.includes(7);
  },
  vp8: (payload) => {
    const read = Vp8RtpPayload.deSerialize(payload);
    return read.payloadHeaderExist && read.isKeyframe;
  },
  // ffmpeg never sets the P bit, so the frame's own type must tell: bit 2 of an uncompressed header of profile 0.
  vp9: (payload) => {
    const read = Vp9RtpPayload.deSerialize(payload);
    return read.isKeyframe && (read.payload.readUInt8(0) & 0x04) === 0;
  },
  av1: (payload) => AV1RtpPayload.deSerialize(payload).isKeyframe,
};

function payloadOf(packet: PacketInput): Buffer {
  return Buffer.from(packet.bytes.subarray(packet.start, packet.end));
}

test.each(['h264', 'vp8', 'vp9', 'av1'] as const)('%s payloads are understood as werift understands them', (codec) => {
  for (const packet of realPackets(codec)) {
    const facts = inspectPayload(codec, packet.bytes, packet.start, packet.end);
    expect((facts & GROUP_START_BIT) !== 0).toBe(oracles[codec](payloadOf(packet)));
    const size = inspectSize(codec, packet.bytes, packet.start, packet.end);
    if ((facts & GROUP_START_BIT) !== 0) expect(size).toEqual({ width: 318, height: 178 });
  }
});

test('VP8 picture ids are found where they are', () => {
  for (const packet of realPackets('vp8')) {
    const ids = vp8Ids(packet.bytes, packet.start, packet.end);
    expect(ids?.pictureId).toBe(Vp8RtpPayload.deSerialize(payloadOf(packet)).pictureId);
  }
});

test.each([
  ['h264', { profile: 'Baseline', level: 1.2 }],
  ['vp8', undefined],
  ['vp9', { profile: 'Profile 0' }],
  ['av1', { profile: 'Main' }],
] as const)('a real %s keyframe tells how it is coded: %o', (codec, expected) => {
  const [packet] = realPackets(codec);
  expect(packet && inspectFormat(codec, packet.bytes, packet.start, packet.end)).toEqual(expected);
});
