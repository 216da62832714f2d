import type { RecordedPacket } from '#src/recording/frame.ts';
import type { RecorderAction, StreamRecorder } from '#src/recording/stream-recorder.ts';

const VIDEO = { track: 0, layer: 0 };
const SOUND = { track: 1, layer: 0 };

/** A publisher of one picture and one sound. */
export const SOURCE = {
  tracks: [
    { kind: 'video' as const, layers: [{ clockRate: 90_000 }] },
    { kind: 'audio' as const, layers: [{ clockRate: 48_000 }] },
  ],
};

/** In the order they came. */
export function fed(recorder: StreamRecorder, packets: readonly RecordedPacket[]): RecorderAction[] {
  return packets
    .toSorted((a, b) => a.arrivedMs - b.arrivedMs)
    .flatMap((packet) => [...recorder.packet(packet.codec === 'opus' ? SOUND : VIDEO, packet)]);
}
