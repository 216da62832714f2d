import type { CodecName } from '#src/media/plan.ts';
import { SequenceExtender } from '#src/media/sequence.ts';
import type { RecordedPacket } from '#src/recording/frame.ts';
import { realPackets } from '../media/packets.ts';

export type VideoCodec = Exclude<CodecName, 'opus'>;

/** Two seconds of real pictures at 10 a second, as they would come: a keyframe each second, 90 kHz. */
export function realVideo(codec: VideoCodec, { epoch = 0, startMs = 1_000 } = {}): RecordedPacket[] {
  const sequence = new SequenceExtender();
  let first: number | undefined;
  return realPackets(codec).map(({ seq, timestamp, marker, bytes, start, end }) => {
    first ??= timestamp;
    const extSeq = sequence.extend(seq);
    if (extSeq === undefined) throw new Error(`${seq} does not follow`);
    const arrivedMs = startMs + ((timestamp - first) | 0) / 90;
    return { extSeq, epoch, timestamp, marker, codec, payload: bytes.subarray(start, end), arrivedMs };
  });
}

/** Silence of 20 ms a packet, as an encoder of constant bitrate sends it. */
export function silence({ count = 100, epoch = 0, startMs = 1_000 } = {}): RecordedPacket[] {
  return Array.from({ length: count }, (_, index) => ({
    extSeq: 70_000 + index,
    epoch,
    timestamp: 4_294_900_000 + index * 960,
    marker: index === 0,
    codec: 'opus' as const,
    payload: Uint8Array.of(0xf8, 0xff, 0xfe),
    arrivedMs: startMs + index * 20,
  }));
}
