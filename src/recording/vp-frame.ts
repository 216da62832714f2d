import { vp8FrameAt } from '../media/codecs/vp8.ts';
import { vp9FrameAt } from '../media/codecs/vp9.ts';

const VP9_START_BIT = 0x08;

export function vp8Frame(payloads: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(payloads.map((payload) => from(payload, vp8FrameAt(payload, 0, payload.length))));
}

/** The frames of all spatial layers of a picture become one superframe (VP9 bitstream specification, annex B). */
export function vp9Frame(payloads: readonly Uint8Array[]): Uint8Array {
  const layers: Uint8Array[][] = [];
  for (const payload of payloads) {
    const part = from(payload, vp9FrameAt(payload, 0, payload.length));
    const isStart = ((payload[0] ?? 0) & VP9_START_BIT) !== 0;
    const current = layers.at(-1);
    if (isStart || !current) layers.push([part]);
    else current.push(part);
  }
  const frames = layers.map((parts) => Buffer.concat(parts));
  return frames.length > 1 ? Buffer.concat([...frames, superframeIndex(frames)]) : (frames[0] ?? new Uint8Array(0));
}

function superframeIndex(frames: readonly Uint8Array[]): Uint8Array {
  const SIZE_BYTES = 4;
  const marker = 0xc0 | ((SIZE_BYTES - 1) << 3) | (frames.length - 1);
  const index = Buffer.alloc(2 + frames.length * SIZE_BYTES, marker);
  for (const [at, frame] of frames.entries()) index.writeUInt32LE(frame.length, 1 + at * SIZE_BYTES);
  return index;
}

function from(payload: Uint8Array, at: number): Uint8Array {
  return at < 0 ? payload.subarray(payload.length) : payload.subarray(at);
}
