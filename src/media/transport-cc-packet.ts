/**
 * Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1) as bytes.
 */

/** One feedback message: what became of each sequence number from `baseSeq` on. */
export interface TransportCcReport {
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  readonly baseSeq: number;
  /** In units of 64 ms; only the low 24 bits travel. */
  readonly referenceTime: number;
  readonly feedbackCount: number;
  /** A delta in units of 250 us for each packet, `undefined` for one that did not come. Each fits 16 bits signed. */
  readonly deltas: readonly (number | undefined)[];
}

const HEADER_LENGTH = 20;
const MAX_RUN = 0x1fff;
const ONE_BIT_SYMBOLS = 14;
const TWO_BIT_SYMBOLS = 7;

// Packet status symbols.
const NOT_RECEIVED = 0;
const SMALL_DELTA = 1;
const LARGE_DELTA = 2;

export function writeTransportCc(report: TransportCcReport): Uint8Array {
  const symbols = report.deltas.map(symbolOf);
  const chunks = writeChunks(symbols);
  const deltaBytes = symbols.reduce((sum, symbol) => sum + symbol, 0);
  const used = HEADER_LENGTH + chunks.length * 2 + deltaBytes;
  const padding = (4 - (used % 4)) % 4;
  const bytes = new Uint8Array(used + padding);
  const view = new DataView(bytes.buffer);
  const transportLayerFeedback = 205;
  const transportCcFormat = 15;
  view.setUint8(0, 0x80 | (padding > 0 ? 0x20 : 0) | transportCcFormat);
  view.setUint8(1, transportLayerFeedback);
  view.setUint16(2, bytes.length / 4 - 1);
  view.setUint32(4, report.senderSsrc);
  view.setUint32(8, report.mediaSsrc);
  view.setUint16(12, report.baseSeq & 0xffff);
  view.setUint16(14, symbols.length);
  view.setUint32(16, ((report.referenceTime & 0xffffff) << 8) | (report.feedbackCount & 0xff));
  let at = HEADER_LENGTH;
  for (const chunk of chunks) {
    view.setUint16(at, chunk);
    at += 2;
  }
  for (const delta of report.deltas) {
    if (delta === undefined) continue;
    if (symbolOf(delta) === SMALL_DELTA) view.setUint8(at++, delta);
    else {
      view.setInt16(at, delta);
      at += 2;
    }
  }
  if (padding > 0) view.setUint8(bytes.length - 1, padding);
  return bytes;
}

/** Also the number of bytes that the delta takes. */
function symbolOf(delta: number | undefined): number {
  if (delta === undefined) return NOT_RECEIVED;
  return delta >= 0 && delta <= 0xff ? SMALL_DELTA : LARGE_DELTA;
}

function writeChunks(symbols: readonly number[]): readonly number[] {
  const chunks: number[] = [];
  let at = 0;
  while (at < symbols.length) {
    const run = runLength(symbols, at);
    const window = symbols.slice(at, at + ONE_BIT_SYMBOLS);
    if (run >= ONE_BIT_SYMBOLS || at + run === symbols.length) {
      chunks.push(((symbols[at] ?? 0) << 13) | run);
      at += run;
    } else if (window.every((symbol) => symbol !== LARGE_DELTA)) {
      chunks.push(0x8000 | packSymbols(window, ONE_BIT_SYMBOLS, 1));
      at += ONE_BIT_SYMBOLS;
    } else if (run >= TWO_BIT_SYMBOLS) {
      chunks.push(((symbols[at] ?? 0) << 13) | run);
      at += run;
    } else {
      chunks.push(0xc000 | packSymbols(window.slice(0, TWO_BIT_SYMBOLS), TWO_BIT_SYMBOLS, 2));
      at += TWO_BIT_SYMBOLS;
    }
  }
  return chunks;
}

function runLength(symbols: readonly number[], start: number): number {
  let end = start + 1;
  while (end < symbols.length && end - start < MAX_RUN && symbols[end] === symbols[start]) end += 1;
  return end - start;
}

/** The first symbol in the highest bits; places past the last symbol stay 0. */
function packSymbols(symbols: readonly number[], places: number, bitsEach: number): number {
  let packed = 0;
  for (let place = 0; place < places; place++) packed = (packed << bitsEach) | (symbols[place] ?? 0);
  return packed;
}
