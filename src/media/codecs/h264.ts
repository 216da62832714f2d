import { BitReader } from './bit-reader.ts';
import { B_PICTURE_BIT, FRAME_START_BIT, GROUP_START_BIT, type PictureSize, pictureSize } from './payload-facts.ts';
import { h264Format, type PictureFormat } from './picture-format.ts';

// NAL unit types of H.264 table 7-1 and of RFC 6184 table 1.
const NON_IDR_SLICE = 1;
const IDR_SLICE = 5;
const SEI = 6;
const SPS = 7;
const ACCESS_UNIT_DELIMITER = 9;
const STAP_A = 24;
const FU_A = 28;

/**
 * A group starts with the SPS: senders put one before each IDR picture, and without it nobody can begin there. Whether
 * a slice starts its picture is told by first_mb_in_slice being 0, whose Exp-Golomb code is a single 1 bit.
 */
export function h264Facts(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start) return 0;
  const type = (bytes[start] ?? 0) & 0x1f;
  if (type === FU_A) {
    const isFirstFragment = end - start > 2 && ((bytes[start + 1] ?? 0) & 0x80) !== 0;
    return isFirstFragment ? unitFacts((bytes[start + 1] ?? 0) & 0x1f, bytes[start + 2] ?? 0) : 0;
  }
  if (type !== STAP_A) return unitFacts(type, end - start > 1 ? (bytes[start + 1] ?? 0) : 0);
  let facts = 0;
  let at = start + 1;
  while (at + 3 <= end) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (length === 0 || at + 2 + length > end) break;
    facts |= unitFacts((bytes[at + 2] ?? 0) & 0x1f, length > 1 ? (bytes[at + 3] ?? 0) : 0);
    at += 2 + length;
  }
  return facts;
}

function unitFacts(type: number, firstPayloadByte: number): number {
  if (type === SPS) return FRAME_START_BIT | GROUP_START_BIT;
  // SEI (6), PPS (8) and the delimiter (9) stand before the first slice of a picture, as SPS (7) does.
  if (type >= SEI && type <= ACCESS_UNIT_DELIMITER) return FRAME_START_BIT;
  const isSlice = type >= NON_IDR_SLICE && type <= IDR_SLICE;
  if (!isSlice || (firstPayloadByte & 0x80) === 0) return 0;
  return isBSlice(firstPayloadByte) ? FRAME_START_BIT | B_PICTURE_BIT : FRAME_START_BIT;
}

/** slice_type follows first_mb_in_slice: 1 and 6 are B, in Exp-Golomb 010 and 00111. */
function isBSlice(firstPayloadByte: number): boolean {
  return (firstPayloadByte & 0x70) === 0x20 || (firstPayloadByte & 0x7c) === 0x1c;
}

/** The size of the picture that the SPS in this payload describes. */
export function h264Size(bytes: Uint8Array, start: number, end: number): PictureSize | undefined {
  const sps = findSps(bytes, start, end);
  return sps && readSps(bytes, sps.start, sps.end);
}

export function h264PictureFormat(bytes: Uint8Array, start: number, end: number): PictureFormat | undefined {
  const sps = findSps(bytes, start, end);
  if (!sps || sps.end - sps.start < 3) return undefined;
  return h264Format(bytes[sps.start] ?? 0, bytes[sps.start + 2] ?? 0);
}

/** Its bytes after the header of the unit. */
function findSps(bytes: Uint8Array, start: number, end: number): { start: number; end: number } | undefined {
  const type = (bytes[start] ?? 0) & 0x1f;
  if (type === SPS) return { start: start + 1, end };
  if (type !== STAP_A) return undefined;
  let at = start + 1;
  while (at + 3 <= end) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (length === 0 || at + 2 + length > end) return undefined;
    if (((bytes[at + 2] ?? 0) & 0x1f) === SPS) return { start: at + 3, end: at + 2 + length };
    at += 2 + length;
  }
  return undefined;
}

const PROFILES_WITH_CHROMA = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** H.264 section 7.3.2.1.1, up to the cropping rectangle. */
function readSps(bytes: Uint8Array, start: number, end: number): PictureSize | undefined {
  const rbsp = withoutEmulationPrevention(bytes, start, end);
  const reader = new BitReader(rbsp, 0, rbsp.length);
  const profile = reader.bits(8);
  reader.skip(16);
  reader.unsignedGolomb();
  const chromaFormat = PROFILES_WITH_CHROMA.has(profile) ? readChromaAndScaling(reader) : 1;
  reader.unsignedGolomb();
  skipPictureOrder(reader);
  reader.unsignedGolomb();
  reader.skip(1);
  const widthInMbs = reader.unsignedGolomb() + 1;
  const heightInMapUnits = reader.unsignedGolomb() + 1;
  const isFrameMbsOnly = reader.flag();
  if (!isFrameMbsOnly) reader.skip(1);
  reader.skip(1);
  const crop = reader.flag()
    ? [reader.unsignedGolomb(), reader.unsignedGolomb(), reader.unsignedGolomb(), reader.unsignedGolomb()]
    : [0, 0, 0, 0];
  if (reader.isExhausted) return undefined;
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const fieldFactor = isFrameMbsOnly ? 1 : 2;
  const unitY = (chromaFormat === 1 ? 2 : 1) * fieldFactor;
  return pictureSize(
    widthInMbs * 16 - (left + right) * unitX,
    heightInMapUnits * 16 * fieldFactor - (top + bottom) * unitY,
  );
}

/** Returns chroma_format_idc, 0 where the colour planes are coded apart. */
function readChromaAndScaling(reader: BitReader): number {
  const chromaFormat = reader.unsignedGolomb();
  const isSeparate = chromaFormat === 3 && reader.flag();
  reader.unsignedGolomb();
  reader.unsignedGolomb();
  reader.skip(1);
  if (reader.flag()) {
    const lists = chromaFormat === 3 ? 12 : 8;
    for (let list = 0; list < lists; list++) if (reader.flag()) skipScalingList(reader, list < 6 ? 16 : 64);
  }
  return isSeparate ? 0 : chromaFormat;
}

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let i = 0; i < size && !reader.isExhausted; i++) {
    if (next !== 0) next = (last + reader.signedGolomb() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function skipPictureOrder(reader: BitReader): void {
  const type = reader.unsignedGolomb();
  if (type === 0) reader.unsignedGolomb();
  if (type !== 1) return;
  reader.skip(1);
  reader.signedGolomb();
  reader.signedGolomb();
  const cycle = reader.unsignedGolomb();
  for (let i = 0; i < cycle && !reader.isExhausted; i++) reader.signedGolomb();
}

/** H.264 section 7.4.1: the 3 of each 00 00 03 was put in by the encoder. */
function withoutEmulationPrevention(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const rbsp = new Uint8Array(Math.max(0, end - start));
  let length = 0;
  let zeros = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    rbsp[length++] = byte;
  }
  return rbsp.subarray(0, length);
}
