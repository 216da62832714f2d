import { crc32c } from './crc32c.ts';

/** With the record that carries it, a packet stays within 1200 bytes: every path takes it. */
export const MAX_PACKET = 1160;
export const PACKET_HEADER = 12;
const CHUNK_HEADER = 4;
const CHECKSUM_AT = 8;
/** As it is counted: with zeros in its place. */
const NO_CHECKSUM = new Uint8Array(4);

/** What an SCTP chunk (RFC 9260 section 3.2) and a parameter of one are alike in: a type and bytes. */
export interface Chunk {
  readonly type: number;
  readonly flags: number;
  readonly value: Uint8Array;
}

export interface Parameter {
  readonly type: number;
  readonly value: Uint8Array;
}

export interface Packet {
  readonly sourcePort: number;
  readonly tag: number;
  readonly chunks: readonly Chunk[];
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** `undefined` for what is no whole packet, or was damaged. Chunks share the packet's memory. */
export function readPacket(bytes: Uint8Array): Packet | undefined {
  if (bytes.length < PACKET_HEADER + CHUNK_HEADER) return undefined;
  const view = viewOf(bytes);
  const sum = crc32c(bytes.subarray(0, CHECKSUM_AT), NO_CHECKSUM, bytes.subarray(PACKET_HEADER));
  if (sum !== view.getUint32(CHECKSUM_AT, true)) return undefined;
  const chunks: Chunk[] = [];
  for (let at = PACKET_HEADER; at + CHUNK_HEADER <= bytes.length; ) {
    const length = view.getUint16(at + 2);
    if (length < CHUNK_HEADER || at + length > bytes.length) return undefined;
    const value = bytes.subarray(at + CHUNK_HEADER, at + length);
    chunks.push({ type: view.getUint8(at), flags: view.getUint8(at + 1), value });
    at += padded(length);
  }
  return { sourcePort: view.getUint16(0), tag: view.getUint32(4), chunks };
}

export function writePacket(
  { sourcePort, destinationPort, tag }: { sourcePort: number; destinationPort: number; tag: number },
  chunks: readonly Uint8Array[],
): Uint8Array {
  const packet = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, PACKET_HEADER));
  const view = viewOf(packet);
  view.setUint16(0, sourcePort);
  view.setUint16(2, destinationPort);
  view.setUint32(4, tag);
  let at = PACKET_HEADER;
  for (const chunk of chunks) {
    packet.set(chunk, at);
    at += chunk.length;
  }
  view.setUint32(CHECKSUM_AT, crc32c(packet), true);
  return packet;
}

/** Padded, as it stands in a packet. */
export function writeChunk(type: number, flags: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const chunk = lengthPrefixed(parts);
  chunk[0] = type;
  chunk[1] = flags;
  return chunk;
}

/** Those of a chunk, up to the first malformed one. */
export function readParameters(bytes: Uint8Array): readonly Parameter[] {
  const parameters: Parameter[] = [];
  const view = viewOf(bytes);
  for (let at = 0; at + CHUNK_HEADER <= bytes.length; ) {
    const length = view.getUint16(at + 2);
    if (length < CHUNK_HEADER || at + length > bytes.length) break;
    parameters.push({ type: view.getUint16(at), value: bytes.subarray(at + CHUNK_HEADER, at + length) });
    at += padded(length);
  }
  return parameters;
}

export function writeParameter(type: number, value: Uint8Array): Uint8Array {
  const parameter = lengthPrefixed([value]);
  viewOf(parameter).setUint16(0, type);
  return parameter;
}

/** 32-bit words, as most fields are. */
export function words(...numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = viewOf(bytes);
  for (const [index, number] of numbers.entries()) view.setUint32(4 * index, number);
  return bytes;
}

// The length counts neither the padding nor, in a chunk, that of its last parameter: nobody minds either way.
function lengthPrefixed(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, CHUNK_HEADER);
  const bytes = new Uint8Array(padded(length));
  viewOf(bytes).setUint16(2, length);
  let at = CHUNK_HEADER;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
