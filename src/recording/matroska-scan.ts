import { bigEndian, type Header, readHeader } from './ebml.ts';
import { type CuePoint, ID, type MatroskaHead } from './matroska.ts';

/** What a file that was not ended holds: enough to end it. */
export interface ScannedFile {
  readonly head: MatroskaHead;
  readonly cues: readonly CuePoint[];
  readonly durationMs: number;
  /** Up to the end of the last whole cluster; what follows is to be cut off. */
  readonly bytes: number;
}

/** So many bytes from there on, fewer at the end of the file. */
export type ReadAt = (at: number, length: number) => Promise<Uint8Array>;

const VOID = 0xec;
const TRACK_TYPE = 0x83;
const TRACK_ENTRY = 0xae;
const VIDEO = 1;
const KEY_BIT = 0x80;
const MAX_HEAD_BYTES = 64 * 1024;
const MAX_CLUSTER_BYTES = 64 << 20;
const MIN_CUE_MS = 900;

/** Reads a file of `matroskaHead` and `cluster` from front to back. `undefined` where not even its head is whole. */
export async function scanMatroska(read: ReadAt): Promise<ScannedFile | undefined> {
  const start = await read(0, MAX_HEAD_BYTES);
  const found = readHead(start);
  if (!found) return undefined;
  const cues: CuePoint[] = [];
  let durationMs = 0;
  let at = found.clustersAt;
  for (let body = await clusterAt(read, at); body; body = await clusterAt(read, at)) {
    const blocks = blocksOf(body.bytes);
    for (const { track, ms, isKey } of blocks) {
      durationMs = Math.max(durationMs, ms);
      const isDue = ms - (cues.at(-1)?.ms ?? Number.NEGATIVE_INFINITY) >= MIN_CUE_MS;
      if (isKey && track === found.cueTrack && isDue) cues.push({ ms, track, clusterAt: at });
    }
    at += body.length;
  }
  return { head: found.head, cues, durationMs, bytes: at };
}

function readHead(bytes: Uint8Array): { head: MatroskaHead; cueTrack: number; clustersAt: number } | undefined {
  const ebml = readHeader(bytes, 0);
  if (ebml?.id !== ID.ebml || ebml.size === undefined) return undefined;
  const segment = readHeader(bytes, ebml.length + ebml.size);
  if (segment?.id !== ID.segment) return undefined;
  const segmentAt = ebml.length + ebml.size + segment.length;
  const parts = children(bytes, segmentAt, bytes.length);
  const [info, tracks] = [ID.info, ID.tracks].map((id) => parts.find((part) => part.id === id));
  if (!info || !tracks || tracks.end > bytes.length) return undefined;
  // A place that is kept free, or what was put there since.
  const duration = children(bytes, info.dataAt, info.end).find(({ id }) => id === VOID || id === ID.duration);
  if (!duration) return undefined;
  const head = {
    bytes: bytes.subarray(0, tracks.end),
    segmentAt,
    seekAt: segmentAt,
    infoAt: info.at,
    durationAt: duration.at,
    tracksAt: tracks.at,
  };
  return { head, cueTrack: cueTrackOf(bytes, tracks), clustersAt: tracks.end };
}

interface Child extends Header {
  readonly at: number;
  readonly dataAt: number;
  readonly end: number;
}

function children(bytes: Uint8Array, from: number, to: number): Child[] {
  const found: Child[] = [];
  for (let at = from; at < to; ) {
    const header = readHeader(bytes, at);
    if (header?.size === undefined) break;
    const dataAt = at + header.length;
    found.push({ ...header, at, dataAt, end: dataAt + header.size });
    at = dataAt + header.size;
  }
  return found;
}

/** The one of the picture, which stands first. */
function cueTrackOf(bytes: Uint8Array, tracks: Child): number {
  const entries = children(bytes, tracks.dataAt, tracks.end).filter(({ id }) => id === TRACK_ENTRY);
  const video = entries.findIndex((entry) =>
    children(bytes, entry.dataAt, entry.end).some(({ id, dataAt }) => id === TRACK_TYPE && bytes[dataAt] === VIDEO),
  );
  const numberOf = (entry: Child) => children(bytes, entry.dataAt, entry.end).find(({ id }) => id === 0xd7);
  const entry = entries[Math.max(0, video)];
  const number = entry && numberOf(entry);
  return number ? (bytes[number.dataAt] ?? 1) : 1;
}

/** The data of the cluster that begins there, where all of it is in the file. */
async function clusterAt(read: ReadAt, at: number): Promise<{ bytes: Uint8Array; length: number } | undefined> {
  const header = readHeader(await read(at, 12), 0);
  if (header?.id !== ID.cluster || header.size === undefined || header.size > MAX_CLUSTER_BYTES) return undefined;
  const bytes = await read(at + header.length, header.size);
  return bytes.length === header.size ? { bytes, length: header.length + header.size } : undefined;
}

function blocksOf(bytes: Uint8Array): { track: number; ms: number; isKey: boolean }[] {
  const parts = children(bytes, 0, bytes.length);
  const timestamp = parts.find(({ id }) => id === ID.timestamp);
  const startMs = timestamp ? bigEndian(bytes, timestamp.dataAt, timestamp.end - timestamp.dataAt) : 0;
  return parts
    .filter(({ id }) => id === ID.simpleBlock)
    .map(({ dataAt }) => ({
      track: (bytes[dataAt] ?? 0x80) & 0x7f,
      ms: startMs + bigEndian(bytes, dataAt + 1, 2),
      isKey: ((bytes[dataAt + 3] ?? 0) & KEY_BIT) !== 0,
    }));
}
