import type { LayerFacts } from '../layer-facts.ts';
import type { Vp8Ids } from '../packet.ts';
import { FRAME_START_BIT, GROUP_START_BIT, type PictureSize, pictureSize } from './payload-facts.ts';

// Payload descriptor of RFC 7741 section 4.2.
const EXTENSION_BIT = 0x80;
const START_BIT = 0x10;
const PARTITION_MASK = 0x07;
const PICTURE_ID_BIT = 0x80;
const TL0_BIT = 0x40;
const TEMPORAL_ID_BIT = 0x20;
const KEY_INDEX_BIT = 0x10;
const LONG_PICTURE_ID_BIT = 0x80;
const SYNC_BIT = 0x20;

export function vp8Facts(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] ?? 0;
  const frame = vp8FrameAt(bytes, start, end);
  if (frame < 0 || (first & START_BIT) === 0 || (first & PARTITION_MASK) !== 0) return 0;
  // RFC 6386 section 9.1: the lowest bit of the frame tag is 0 for a key frame.
  return ((bytes[frame] ?? 0) & 1) === 0 ? FRAME_START_BIT | GROUP_START_BIT : FRAME_START_BIT;
}

/** The size in the header of a key frame (RFC 6386 section 9.1), asked of its first packet. */
export function vp8Size(bytes: Uint8Array, start: number, end: number): PictureSize | undefined {
  const frame = vp8FrameAt(bytes, start, end);
  if (frame < 0 || frame + 10 > end) return undefined;
  if (bytes[frame + 3] !== 0x9d || bytes[frame + 4] !== 0x01 || bytes[frame + 5] !== 0x2a) return undefined;
  const width = (((bytes[frame + 7] ?? 0) << 8) | (bytes[frame + 6] ?? 0)) & 0x3fff;
  const height = (((bytes[frame + 9] ?? 0) << 8) | (bytes[frame + 8] ?? 0)) & 0x3fff;
  return pictureSize(width, height);
}

/** Picture id and TL0PICIDX, `undefined` when the packet has neither. */
export function vp8Ids(bytes: Uint8Array, start: number, end: number): Vp8Ids | undefined {
  if (vp8FrameAt(bytes, start, end) < 0 || ((bytes[start] ?? 0) & EXTENSION_BIT) === 0) return undefined;
  const flags = bytes[start + 1] ?? 0;
  if ((flags & (PICTURE_ID_BIT | TL0_BIT)) === 0) return undefined;
  const pictureIdAt = 2;
  const hasPictureId = (flags & PICTURE_ID_BIT) !== 0;
  const high = bytes[start + pictureIdAt] ?? 0;
  const isLong = hasPictureId && (high & LONG_PICTURE_ID_BIT) !== 0;
  const shortId = hasPictureId ? high & 0x7f : -1;
  const pictureId = isLong ? (shortId << 8) | (bytes[start + pictureIdAt + 1] ?? 0) : shortId;
  const tl0At = pictureIdAt + (hasPictureId ? 1 : 0) + (isLong ? 1 : 0);
  const tl0PicIdx = (flags & TL0_BIT) !== 0 ? (bytes[start + tl0At] ?? 0) : -1;
  return { pictureId, pictureIdAt, pictureIdBits: isLong ? 15 : 7, tl0PicIdx, tl0At };
}

/** Temporal layers, `undefined` when the packet names none. The Y bit: this picture needs none but the base layer. */
export function vp8LayerFacts(bytes: Uint8Array, start: number, end: number): LayerFacts | undefined {
  if (vp8FrameAt(bytes, start, end) < 0 || ((bytes[start] ?? 0) & EXTENSION_BIT) === 0) return undefined;
  const flags = bytes[start + 1] ?? 0;
  if ((flags & TEMPORAL_ID_BIT) === 0) return undefined;
  let at = start + 2;
  if ((flags & PICTURE_ID_BIT) !== 0) at += ((bytes[at] ?? 0) & LONG_PICTURE_ID_BIT) !== 0 ? 2 : 1;
  if ((flags & TL0_BIT) !== 0) at += 1;
  const byte = bytes[at] ?? 0;
  const temporalId = byte >> 6;
  const isSync = (byte & SYNC_BIT) !== 0 && temporalId > 0;
  // Pictures between the base and this one's layer may still need what was not followed: one layer at a time.
  const riseFrom = isSync ? temporalId - 1 : temporalId;
  return { spatialId: 0, temporalId, isLayerStart: false, isLayerEnd: false, riseFrom, riseTo: temporalId };
}

/** Where the frame's own bytes begin, -1 when there are none. */
export function vp8FrameAt(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return -1;
  let at = start + 1;
  if (((bytes[start] ?? 0) & EXTENSION_BIT) !== 0) {
    const flags = bytes[at] ?? 0;
    at += 1;
    if ((flags & PICTURE_ID_BIT) !== 0) at += ((bytes[at] ?? 0) & LONG_PICTURE_ID_BIT) !== 0 ? 2 : 1;
    if ((flags & TL0_BIT) !== 0) at += 1;
    if ((flags & (TEMPORAL_ID_BIT | KEY_INDEX_BIT)) !== 0) at += 1;
  }
  return at < end ? at : -1;
}
