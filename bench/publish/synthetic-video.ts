/** RTP payloads of an H264 stream that no decoder will see: right in all that a server looks at. */

// 1280x720, main profile, as x264 writes it.
const SPS = Buffer.from('674d401f96560280bfe5c044000003000400000300f23c60c6a8', 'hex');
const PPS = Buffer.from('68ef3c80', 'hex');
const STAP_A = 0x78;
const FU_A = 0x7c;
const IDR = 5;
const NON_IDR = 1;
const FIRST = 0x80;
const LAST = 0x40;
// first_mb_in_slice 0, then a slice of any kind.
const SLICE_START = 0x88;

export interface VideoShape {
  readonly packetsPerFrame: number;
  readonly packetsPerKeyframe: number;
  readonly packetBytes: number;
  readonly lastPacketBytes: number;
  readonly framesPerGroup: number;
}

/** 2.5 Mbit/s at 30 fps: nine packets a frame, a keyframe of 60 KB every two seconds. */
export const HD_STREAM: VideoShape = {
  packetsPerFrame: 9,
  packetsPerKeyframe: 51,
  packetBytes: 1180,
  lastPacketBytes: 700,
  framesPerGroup: 60,
};

/** At most so many simulcast layers, the largest first: each half of the one before, as encoders make them. */
export const LAYER_SHAPES: readonly VideoShape[] = [
  HD_STREAM,
  { ...HD_STREAM, packetsPerFrame: 4, packetsPerKeyframe: 25 },
  { ...HD_STREAM, packetsPerFrame: 2, packetsPerKeyframe: 12 },
  { ...HD_STREAM, packetsPerFrame: 1, packetsPerKeyframe: 6 },
];

export interface FramePacket {
  /** The bytes before the filling: parameter sets, or the head of a fragment. */
  readonly head: Uint8Array;
  readonly length: number;
  readonly isLast: boolean;
}

/** The packets of picture number `frame`. */
export function packetsOf(shape: VideoShape, frame: number): readonly FramePacket[] {
  const isKeyframe = frame % shape.framesPerGroup === 0;
  const slices = isKeyframe ? shape.packetsPerKeyframe : shape.packetsPerFrame;
  const type = isKeyframe ? IDR : NON_IDR;
  const fragments = Array.from({ length: slices }, (_, index) => {
    const isLast = index === slices - 1;
    const flags = (index === 0 ? FIRST : 0) | (isLast ? LAST : 0);
    const head = Uint8Array.of(FU_A, flags | type, SLICE_START);
    return { head, length: isLast ? shape.lastPacketBytes : shape.packetBytes, isLast };
  });
  return isKeyframe ? [parameterSets(), ...fragments] : fragments;
}

// A third unit, of type 12 (filling), has room for the stamp.
function parameterSets(): FramePacket {
  const filler = 32;
  const units = [SPS, PPS].flatMap((unit) => [Uint8Array.of(unit.length >> 8, unit.length & 0xff), unit]);
  const head = Buffer.concat([Uint8Array.of(STAP_A), ...units, Uint8Array.of(0, filler, 12)]);
  return { head, length: head.length - 1 + filler, isLast: false };
}
