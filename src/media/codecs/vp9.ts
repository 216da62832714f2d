import { type LayerFacts, TOP } from '../layer-facts.ts';
import { BitReader } from './bit-reader.ts';
import { FRAME_START_BIT, GROUP_START_BIT, type PictureSize, pictureSize } from './payload-facts.ts';
import { type PictureFormat, vp9Format } from './picture-format.ts';

// First byte of the payload descriptor, RFC 9628 section 4.2: I P L F B E V Z.
const PICTURE_ID_BIT = 0x80;
const INTER_PREDICTED_BIT = 0x40;
const LAYERS_BIT = 0x20;
const FLEXIBLE_BIT = 0x10;
const START_BIT = 0x08;
const END_BIT = 0x04;
const STRUCTURE_BIT = 0x02;
// Of the byte of layers: T T T U S S S D.
const SWITCHING_UP_BIT = 0x10;

export function vp9Facts(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return 0;
  const first = bytes[start] ?? 0;
  if ((first & START_BIT) === 0) return 0;
  const layersAt = afterPictureId(bytes, start);
  const spatialId = (first & LAYERS_BIT) !== 0 ? ((bytes[layersAt] ?? 0) >> 1) & 0x07 : 0;
  if (spatialId !== 0) return 0;
  const frame = vp9FrameAt(bytes, start, end);
  if (frame < 0) return 0;
  // The P bit is not asked: ffmpeg never sets it.
  return readFrameHeader(bytes, frame, end) !== undefined ? FRAME_START_BIT | GROUP_START_BIT : FRAME_START_BIT;
}

/** Spatial and temporal layers, `undefined` when the packet names none. */
export function vp9LayerFacts(bytes: Uint8Array, start: number, end: number): LayerFacts | undefined {
  const first = bytes[start] ?? 0;
  const at = afterPictureId(bytes, start);
  if ((first & LAYERS_BIT) === 0 || at >= end) return undefined;
  const layers = bytes[at] ?? 0;
  const temporalId = layers >> 5;
  const isSwitchingUp = (layers & SWITCHING_UP_BIT) !== 0;
  return {
    spatialId: (layers >> 1) & 0x07,
    temporalId,
    isLayerStart: (first & START_BIT) !== 0,
    isLayerEnd: (first & END_BIT) !== 0,
    riseFrom: temporalId,
    riseTo: isSwitchingUp ? TOP : temporalId,
  };
}

/** The largest size of the scalability structure, else that in the key frame's own header. */
export function vp9Size(bytes: Uint8Array, start: number, end: number): PictureSize | undefined {
  const structure = structureStart(bytes, start, end);
  if (((bytes[start] ?? 0) & STRUCTURE_BIT) !== 0 && structure >= 0 && structure < end) {
    const head = bytes[structure] ?? 0;
    const last = structure + 1 + (head >> 5) * 4;
    if ((head & 0x10) !== 0 && last + 4 <= end) {
      const width = ((bytes[last] ?? 0) << 8) | (bytes[last + 1] ?? 0);
      const height = ((bytes[last + 2] ?? 0) << 8) | (bytes[last + 3] ?? 0);
      return pictureSize(width, height);
    }
  }
  const frame = structureEnd(bytes, structure, start, end);
  return frame < 0 ? undefined : readFrameHeader(bytes, frame, end);
}

export function vp9PictureFormat(bytes: Uint8Array, start: number, end: number): PictureFormat | undefined {
  const frame = vp9FrameAt(bytes, start, end);
  if (frame < 0) return undefined;
  // Frame marker (2 bits), then the low and the high bit of the profile.
  const head = bytes[frame] ?? 0;
  return vp9Format(((head >> 5) & 1) + ((head >> 4) & 1) * 2);
}

function afterPictureId(bytes: Uint8Array, start: number): number {
  if (((bytes[start] ?? 0) & PICTURE_ID_BIT) === 0) return start + 1;
  return start + (((bytes[start + 1] ?? 0) & 0x80) !== 0 ? 3 : 2);
}

function structureStart(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] ?? 0;
  const isFlexible = (first & FLEXIBLE_BIT) !== 0;
  let at = afterPictureId(bytes, start);
  if ((first & LAYERS_BIT) !== 0) at += isFlexible ? 1 : 2;
  if (isFlexible && (first & INTER_PREDICTED_BIT) !== 0) {
    // Up to three reference indices, each saying whether another follows.
    for (let i = 0; i < 3; i++) {
      const hasMore = ((bytes[at] ?? 0) & 1) !== 0;
      at += 1;
      if (!hasMore) break;
    }
  }
  return at < end ? at : -1;
}

/** Where the frame's own bytes begin in a packet, -1 when there are none. */
export function vp9FrameAt(bytes: Uint8Array, start: number, end: number): number {
  return start < end ? structureEnd(bytes, structureStart(bytes, start, end), start, end) : -1;
}

function structureEnd(bytes: Uint8Array, structure: number, start: number, end: number): number {
  if (structure < 0) return -1;
  if (((bytes[start] ?? 0) & STRUCTURE_BIT) === 0) return structure;
  const head = bytes[structure] ?? 0;
  let at = structure + 1;
  if ((head & 0x10) !== 0) at += ((head >> 5) + 1) * 4;
  if ((head & 0x08) !== 0) {
    const pictures = bytes[at] ?? 0;
    at += 1;
    for (let i = 0; i < pictures && at < end; i++) at += 1 + (((bytes[at] ?? 0) >> 2) & 0x03);
  }
  return at < end ? at : -1;
}

/** The size in an uncompressed header (VP9 bitstream specification, section 6.2), `undefined` unless it is a key frame's. */
function readFrameHeader(bytes: Uint8Array, start: number, end: number): PictureSize | undefined {
  const reader = new BitReader(bytes, start, end);
  if (reader.bits(2) !== 2) return undefined;
  const profile = reader.bit() + reader.bit() * 2;
  if (profile === 3) reader.skip(1);
  const showsExistingFrame = reader.flag();
  const isInter = reader.flag();
  if (showsExistingFrame || isInter) return undefined;
  reader.skip(2);
  if (reader.bits(24) !== 0x498342) return undefined;
  if (profile >= 2) reader.skip(1);
  const srgb = 7;
  const hasSubsampling = profile === 1 || profile === 3;
  if (reader.bits(3) !== srgb) reader.skip(hasSubsampling ? 4 : 1);
  else if (hasSubsampling) reader.skip(1);
  const width = reader.bits(16) + 1;
  const height = reader.bits(16) + 1;
  return reader.isExhausted ? undefined : pictureSize(width, height);
}
