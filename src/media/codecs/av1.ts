import { readSequenceHead } from './av1-sequence.ts';
import { BitReader } from './bit-reader.ts';
import { FRAME_START_BIT, GROUP_START_BIT, type PictureSize } from './payload-facts.ts';
import { av1Format, type PictureFormat } from './picture-format.ts';

// Aggregation header: Z Y W W N - - - ("RTP Payload Format For AV1", section 4.4).
export const CONTINUES_BIT = 0x80;
export const NEW_SEQUENCE_BIT = 0x08;

// OBU types (AV1 specification, section 6.2.2).
const SEQUENCE_HEADER = 1;
const FRAME_HEADER = 3;
const FRAME = 6;

/**
 * A group starts where a sequence header stands together with the N bit; senders that forget N are forgiven when a shown
 * key frame follows in the same packet. Frame starts need the timestamps too: one picture may come in several OBUs.
 */
export function av1Facts(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] ?? 0;
  if (end - start < 2 || (first & CONTINUES_BIT) !== 0) return 0;
  const sequence = findObu(bytes, start, end, SEQUENCE_HEADER);
  if (sequence === undefined) return FRAME_START_BIT;
  const isStart = (first & NEW_SEQUENCE_BIT) !== 0 || hasShownKeyFrame(bytes, start, end);
  return isStart ? FRAME_START_BIT | GROUP_START_BIT : FRAME_START_BIT;
}

export function av1Size(bytes: Uint8Array, start: number, end: number): PictureSize | undefined {
  const sequence = findObu(bytes, start, end, SEQUENCE_HEADER);
  return sequence === undefined
    ? undefined
    : readSequenceHead(new BitReader(bytes, sequence.start, sequence.end))?.size;
}

/** seq_profile is what a sequence header begins with. */
export function av1PictureFormat(bytes: Uint8Array, start: number, end: number): PictureFormat | undefined {
  const sequence = findObu(bytes, start, end, SEQUENCE_HEADER);
  return sequence === undefined || sequence.start >= sequence.end
    ? undefined
    : av1Format((bytes[sequence.start] ?? 0) >> 5);
}

function hasShownKeyFrame(bytes: Uint8Array, start: number, end: number): boolean {
  const obu = findObu(bytes, start, end, FRAME) ?? findObu(bytes, start, end, FRAME_HEADER);
  if (obu === undefined || obu.start >= obu.end) return false;
  // show_existing_frame 0, frame_type KEY_FRAME, show_frame 1.
  return ((bytes[obu.start] ?? 0) & 0xf0) === 0x10;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The payload of the first OBU of a type that begins in this packet. */
function findObu(bytes: Uint8Array, start: number, end: number, type: number): Span | undefined {
  const first = bytes[start] ?? 0;
  const count = (first >> 4) & 0x03;
  let at = start + 1;
  for (let element = 1; at < end; element++) {
    const isContinuation = element === 1 && (first & CONTINUES_BIT) !== 0;
    let elementEnd = end;
    if (element !== count) {
      const size = readLeb128(bytes, at, end);
      if (size === undefined) return undefined;
      at = size.next;
      elementEnd = at + size.value;
      if (elementEnd > end) return undefined;
    }
    if (!isContinuation && elementEnd > at && (((bytes[at] ?? 0) >> 3) & 0x0f) === type) {
      return obuPayload(bytes, at, elementEnd);
    }
    if (element === count) return undefined;
    at = elementEnd;
  }
  return undefined;
}

function obuPayload(bytes: Uint8Array, start: number, end: number): Span | undefined {
  const header = bytes[start] ?? 0;
  const at = start + ((header & 0x04) !== 0 ? 2 : 1);
  if ((header & 0x02) === 0) return { start: Math.min(at, end), end };
  const size = readLeb128(bytes, at, end);
  return size === undefined ? undefined : { start: size.next, end: Math.min(end, size.next + size.value) };
}

export function readLeb128(bytes: Uint8Array, start: number, end: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let i = 0; i < 5 && start + i < end; i++) {
    const byte = bytes[start + i] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if ((byte & 0x80) === 0) return { value, next: start + i + 1 };
  }
  return undefined;
}

export function leb128(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push(0x80 | (left & 0x7f));
  return [...bytes, left];
}
