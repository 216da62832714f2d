import { type Chunk, viewOf, words, writeChunk } from './packet.ts';

/** Chunk types (RFC 9260 section 3.2, RFC 6525 section 3.1). */
export const CHUNK = {
  data: 0,
  init: 1,
  initAck: 2,
  sack: 3,
  heartbeat: 4,
  heartbeatAck: 5,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
  reconfig: 130,
} as const;

const DATA_HEADER = 12;
const SACK_HEADER = 12;
const INIT_HEADER = 16;
/** What a SACK may name of what was received out of order; more changes nothing. */
const MAX_GAPS = 32;

const LAST = 1;
const FIRST = 2;
/** RFC 9260 section 3.3.1: acknowledge this without delay. */
const IMMEDIATE = 8;

export interface DataChunk {
  readonly tsn: number;
  readonly streamId: number;
  readonly protocol: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly bytes: Uint8Array;
}

/** Both ends count from 1, the first number after the cumulative one. */
export interface Gap {
  readonly start: number;
  readonly end: number;
}

export interface Sack {
  readonly cumulativeTsn: number;
  readonly window: number;
  readonly gaps: readonly Gap[];
}

export interface Init {
  readonly tag: number;
  readonly window: number;
  readonly outboundStreams: number;
  readonly inboundStreams: number;
  readonly tsn: number;
}

export function readData({ flags, value }: Chunk): DataChunk | undefined {
  if (value.length <= DATA_HEADER) return undefined;
  const view = viewOf(value);
  return {
    tsn: view.getUint32(0),
    streamId: view.getUint16(4),
    protocol: view.getUint32(8),
    isFirst: (flags & FIRST) !== 0,
    isLast: (flags & LAST) !== 0,
    bytes: value.subarray(DATA_HEADER),
  };
}

/** `streamSequence` counts the ordered messages of the stream. */
export function writeData(data: DataChunk, streamSequence: number): Uint8Array {
  const header = new Uint8Array(DATA_HEADER);
  const view = viewOf(header);
  view.setUint32(0, data.tsn);
  view.setUint16(4, data.streamId);
  view.setUint16(6, streamSequence);
  view.setUint32(8, data.protocol);
  const flags = (data.isFirst ? FIRST : 0) | (data.isLast ? LAST | IMMEDIATE : 0);
  return writeChunk(CHUNK.data, flags, header, data.bytes);
}

export function readSack({ value }: Chunk): Sack | undefined {
  if (value.length < SACK_HEADER) return undefined;
  const view = viewOf(value);
  const told = Math.min(view.getUint16(8), MAX_GAPS, Math.floor((value.length - SACK_HEADER) / 4));
  const gaps = Array.from({ length: told }, (_, index) => {
    const at = SACK_HEADER + 4 * index;
    return { start: view.getUint16(at), end: view.getUint16(at + 2) };
  });
  return { cumulativeTsn: view.getUint32(0), window: view.getUint32(4), gaps };
}

export function writeSack({ cumulativeTsn, window, gaps }: Sack): Uint8Array {
  const told = gaps.slice(0, MAX_GAPS);
  const blocks = told.map(({ start, end }) => ((start << 16) | end) >>> 0);
  return writeChunk(CHUNK.sack, 0, words(cumulativeTsn, window, (told.length << 16) >>> 0, ...blocks));
}

export function readInit({ value }: Chunk): Init | undefined {
  if (value.length < INIT_HEADER) return undefined;
  const view = viewOf(value);
  const init = {
    tag: view.getUint32(0),
    window: view.getUint32(4),
    outboundStreams: view.getUint16(8),
    inboundStreams: view.getUint16(10),
    tsn: view.getUint32(12),
  };
  const isSound = init.tag !== 0 && init.outboundStreams > 0 && init.inboundStreams > 0;
  return isSound ? init : undefined;
}

export function writeInitAck(init: Init, parameters: readonly Uint8Array[]): Uint8Array {
  const streams = ((init.outboundStreams << 16) | init.inboundStreams) >>> 0;
  return writeChunk(CHUNK.initAck, 0, words(init.tag, init.window, streams, init.tsn), ...parameters);
}
