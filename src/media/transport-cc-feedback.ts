/**
 * Transport-wide congestion control feedback as a receiver sends it, read
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).
 */

export interface TransportCcFeedback {
  /** 16 bits. */
  readonly baseSeq: number;
  /** In units of 64 ms, 24 bits: what all arrivals count from. */
  readonly referenceTime: number;
  /** For each number from `baseSeq` on: ms after the reference time, `undefined` for one that did not come. */
  readonly arrivalsMs: readonly (number | undefined)[];
}

const FIXED_LENGTH = 8;
// More than a receiver can have seen since its last feedback; a forged count must not cost memory.
const MAX_PACKETS = 2048;
const TICKS_PER_MS = 4;

// Packet status symbols.
const SMALL_DELTA = 1;
const LARGE_DELTA = 2;

/** `raw`: from the base sequence number on. `undefined` when malformed. */
export function readTransportCc(raw: Uint8Array): TransportCcFeedback | undefined {
  if (raw.length < FIXED_LENGTH) return undefined;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const count = view.getUint16(2);
  if (count === 0 || count > MAX_PACKETS) return undefined;
  const symbols: number[] = [];
  let at = FIXED_LENGTH;
  for (; symbols.length < count; at += 2) {
    if (at + 2 > raw.length) return undefined;
    readChunk(view.getUint16(at), symbols, count);
  }
  const arrivalsMs: (number | undefined)[] = [];
  let ticks = 0;
  for (const symbol of symbols) {
    if (symbol !== SMALL_DELTA && symbol !== LARGE_DELTA) {
      arrivalsMs.push(undefined);
      continue;
    }
    if (at + symbol > raw.length) return undefined;
    ticks += symbol === SMALL_DELTA ? view.getUint8(at) : view.getInt16(at);
    at += symbol;
    arrivalsMs.push(ticks / TICKS_PER_MS);
  }
  return { baseSeq: view.getUint16(0), referenceTime: view.getUint32(4) >>> 8, arrivalsMs };
}

/** Adds the symbols of one chunk, up to `count` in all. */
function readChunk(chunk: number, symbols: number[], count: number): void {
  if (chunk >> 15 === 0) {
    const symbol = (chunk >> 13) & 3;
    for (let run = chunk & 0x1fff; run > 0 && symbols.length < count; run--) symbols.push(symbol);
    return;
  }
  const bitsEach = (chunk & 0x4000) === 0 ? 1 : 2;
  for (let shift = 14 - bitsEach; shift >= 0 && symbols.length < count; shift -= bitsEach) {
    symbols.push((chunk >> shift) & (bitsEach === 1 ? 1 : 3));
  }
}
