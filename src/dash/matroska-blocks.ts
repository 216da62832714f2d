import { bigEndian, readHeader } from '../recording/ebml.ts';
import { ID } from '../recording/matroska.ts';

export interface FoundTrack {
  readonly number: number;
  readonly isVideo: boolean;
  /** `V_AV1`, `A_OPUS`: as Matroska has them. */
  readonly codecId: string;
  readonly width: number;
  readonly height: number;
}

export interface FoundBlock {
  readonly track: number;
  readonly ms: number;
  readonly isKey: boolean;
  readonly data: Uint8Array;
}

const ENTERED: ReadonlySet<number> = new Set([ID.segment, ID.cluster]);
const TRACK = { number: 0xd7, type: 0x83, codec: 0x86, video: 0xe0, width: 0xb0, height: 0xba } as const;
const VIDEO_TYPE = 1;
const KEY_BIT = 0x80;
const HEADER_MAX = 12;
/** No picture is larger: what is says that these are not the bytes they were taken for. */
const MAX_ELEMENT_BYTES = 64 << 20;

/** Reads Matroska as it is written, clusters of unknown length included; times in milliseconds. Throws where it is none. */
export class MatroskaBlocks {
  /** Empty until they were read. */
  tracks: readonly FoundTrack[] = [];
  #pending: Buffer = Buffer.alloc(0);
  #clusterMs = 0;

  /** `chunk` is kept, and so is not to be written to afterwards. */
  push(chunk: Uint8Array): FoundBlock[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#pending = this.#pending.length > 0 ? Buffer.concat([this.#pending, bytes]) : bytes;
    const blocks: FoundBlock[] = [];
    let at = 0;
    for (;;) {
      const header = readHeader(this.#pending, at);
      if (!header) {
        if (this.#pending.length - at >= HEADER_MAX) throw new Error('not Matroska');
        break;
      }
      if (ENTERED.has(header.id)) {
        at += header.length;
        continue;
      }
      if (header.size === undefined || header.size > MAX_ELEMENT_BYTES)
        throw new Error('not Matroska that is written live');
      const end = at + header.length + header.size;
      if (end > this.#pending.length) break;
      this.#read(header.id, this.#pending.subarray(at + header.length, end), blocks);
      at = end;
    }
    this.#pending = this.#pending.subarray(at);
    return blocks;
  }

  #read(id: number, data: Buffer, blocks: FoundBlock[]): void {
    if (id === ID.timestamp) this.#clusterMs = bigEndian(data, 0, data.length);
    if (id === ID.tracks)
      this.tracks = children(data)
        .filter(isTrack)
        .map(({ data: entry }) => trackOf(entry));
    if (id === ID.simpleBlock && data.length > 4) {
      blocks.push({
        track: (data[0] ?? 0x80) & 0x7f,
        ms: this.#clusterMs + data.readInt16BE(1),
        isKey: ((data[3] ?? 0) & KEY_BIT) !== 0,
        data: data.subarray(4),
      });
    }
  }
}

interface Child {
  readonly id: number;
  readonly data: Buffer;
}

const isTrack = ({ id }: Child) => id === ID.trackEntry;

function children(bytes: Buffer): Child[] {
  const found: Child[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = readHeader(bytes, at);
    if (header?.size === undefined) break;
    const dataAt = at + header.length;
    at = dataAt + header.size;
    found.push({ id: header.id, data: bytes.subarray(dataAt, at) });
  }
  return found;
}

function trackOf(entry: Buffer): FoundTrack {
  const parts = children(entry);
  const dataOf = (list: readonly Child[], id: number) => list.find((one) => one.id === id)?.data ?? Buffer.alloc(0);
  const numberOf = (list: readonly Child[], id: number) => {
    const data = dataOf(list, id);
    return bigEndian(data, 0, data.length);
  };
  const video = children(dataOf(parts, TRACK.video));
  return {
    number: numberOf(parts, TRACK.number),
    isVideo: numberOf(parts, TRACK.type) === VIDEO_TYPE,
    codecId: dataOf(parts, TRACK.codec).toString('latin1'),
    width: numberOf(video, TRACK.width),
    height: numberOf(video, TRACK.height),
  };
}
