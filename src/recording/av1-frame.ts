import { CONTINUES_BIT, leb128, readLeb128 } from '../media/codecs/av1.ts';
import { readSequence } from '../media/codecs/av1-sequence.ts';
import { BitReader } from '../media/codecs/bit-reader.ts';

const GOES_ON_BIT = 0x40;
const HAS_SIZE_BIT = 0x02;
const EXTENSION_BIT = 0x04;
const SEQUENCE_HEADER = 1;
const TEMPORAL_DELIMITER = 2;
const TILE_LIST = 8;
const PADDING = 15;
// Section 4.4 of "RTP Payload Format For AV1": delimiters and tile lists are not to be sent; nobody misses padding.
const LEFT_OUT = new Set([TEMPORAL_DELIMITER, TILE_LIST, PADDING]);

/** The OBUs of one picture as "AV1 Codec ISO Media File Format Binding" stores them: each with its size, no delimiter. */
export function av1Frame(payloads: readonly Uint8Array[]): Uint8Array {
  const obus = obusOf(payloads).filter((obu) => !LEFT_OUT.has(typeOf(obu)));
  return Buffer.concat(obus.map(sized));
}

/** AV1CodecConfigurationRecord; `undefined` where there is no sequence header. */
export function av1Config(payloads: readonly Uint8Array[]): Uint8Array | undefined {
  const header = obusOf(payloads).find((obu) => typeOf(obu) === SEQUENCE_HEADER);
  return header && av1ConfigRecord(header);
}

/** Of a sequence header, with or without its size; `undefined` for what is none. */
export function av1ConfigRecord(header: Uint8Array): Uint8Array | undefined {
  const { start, end } = payloadOf(header);
  const sequence = readSequence(new BitReader(header, start, end));
  if (!sequence) return undefined;
  const { profile, level, isHighTier, bitDepth, isMonochrome, subsamplingX, subsamplingY, chromaPosition } = sequence;
  const depth = bitDepth === 12 ? 0x60 : bitDepth === 10 ? 0x40 : 0;
  const chroma = (isMonochrome ? 0x10 : 0) | (subsamplingX << 3) | (subsamplingY << 2) | chromaPosition;
  const head = Uint8Array.of(0x81, (profile << 5) | level, (isHighTier ? 0x80 : 0) | depth | chroma, 0);
  return Buffer.concat([head, sized(header)]);
}

/** Elements of all packets; one that goes on in the next packet is put together. */
function obusOf(payloads: readonly Uint8Array[]): Uint8Array[] {
  const obus: Uint8Array[] = [];
  let open: Uint8Array[] = [];
  for (const payload of payloads) {
    const [header = 0] = payload;
    const elements = elementsOf(payload);
    for (const [index, element] of elements.entries()) {
      if (index > 0 || (header & CONTINUES_BIT) === 0) open = [];
      open.push(element);
      const isOpen = index === elements.length - 1 && (header & GOES_ON_BIT) !== 0;
      if (!isOpen) obus.push(Buffer.concat(open));
    }
  }
  return obus.filter((obu) => obu.length > 0);
}

function elementsOf(payload: Uint8Array): Uint8Array[] {
  const count = ((payload[0] ?? 0) >> 4) & 0x03;
  const elements: Uint8Array[] = [];
  for (let at = 1; at < payload.length; ) {
    const isLast = elements.length === count - 1;
    const size = isLast ? { value: payload.length - at, next: at } : readLeb128(payload, at, payload.length);
    if (!size) break;
    const end = Math.min(payload.length, size.next + size.value);
    elements.push(payload.subarray(size.next, end));
    at = end;
  }
  return elements;
}

function typeOf(obu: Uint8Array): number {
  return ((obu[0] ?? 0) >> 3) & 0x0f;
}

/** Where the bytes behind header and size begin. */
function payloadOf(obu: Uint8Array): { start: number; end: number } {
  const [header = 0] = obu;
  const start = (header & EXTENSION_BIT) !== 0 ? 2 : 1;
  const size = (header & HAS_SIZE_BIT) !== 0 ? readLeb128(obu, start, obu.length) : undefined;
  return size ? { start: size.next, end: Math.min(obu.length, size.next + size.value) } : { start, end: obu.length };
}

function sized(obu: Uint8Array): Uint8Array {
  const [header = 0, extension = 0] = obu;
  const { start, end } = payloadOf(obu);
  const head = (header & EXTENSION_BIT) !== 0 ? [header | HAS_SIZE_BIT, extension] : [header | HAS_SIZE_BIT];
  return Buffer.concat([Uint8Array.of(...head, ...leb128(end - start)), obu.subarray(start, end)]);
}
