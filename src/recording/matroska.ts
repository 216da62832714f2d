import type { CodecName } from '../media/plan.ts';
import { element, elementHead, filler, float, idBytes, openElement, text, uint } from './ebml.ts';

/**
 * Matroska (RFC 9559), and WebM where its codecs are those of WebM. Written from front to back in clusters, so that what
 * is there can be played wherever it ends; when it is whole, index and duration are put in places kept for them.
 */
export interface MatroskaTrack {
  /** From 1. */
  readonly number: number;
  readonly codec: CodecName;
  /** What a decoder needs before the first frame, where the codec has such a thing. */
  readonly config?: Uint8Array | undefined;
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  /** Where all frames are of the same length: a player then knows how long the last one of a cluster is. */
  readonly frameMs?: number | undefined;
}

export interface Block {
  readonly track: number;
  /** From the beginning of the file. */
  readonly ms: number;
  readonly isKey: boolean;
  readonly data: Uint8Array;
}

/** Where a picture that needs no other stands. */
export interface CuePoint {
  readonly ms: number;
  readonly track: number;
  /** Of its cluster, from the beginning of the file. */
  readonly clusterAt: number;
}

/** Bytes that take the place of others. */
export interface Patch {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export const ID = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  info: 0x1549a966,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  defaultDuration: 0x23e383,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  cues: 0x1c53bb6b,
} as const;

const CODEC_IDS: Readonly<Record<CodecName, string>> = {
  opus: 'A_OPUS',
  h264: 'V_MPEG4/ISO/AVC',
  vp8: 'V_VP8',
  vp9: 'V_VP9',
  av1: 'V_AV1',
};
const VIDEO = 1;
const AUDIO = 2;
const NS_PER_MS = 1_000_000;
/** What Opus wants to hear before it sounds as it should (RFC 7845 section 4.6). */
const OPUS_PREROLL_NS = 80 * NS_PER_MS;
const KEY_BIT = 0x80;

// What is put in later: three entries of 21 bytes at most with their head, and a float of 8 bytes.
const SEEK_BYTES = 96;
const DURATION_BYTES = 11;

/** The places that are kept free at the beginning. */
export interface MatroskaHead {
  readonly bytes: Uint8Array;
  /** Where the segment's data begins: positions in it count from here. */
  readonly segmentAt: number;
  readonly seekAt: number;
  readonly infoAt: number;
  readonly durationAt: number;
  readonly tracksAt: number;
}

export function matroskaHead(tracks: readonly MatroskaTrack[]): MatroskaHead {
  const isWebm = tracks.every(({ codec }) => codec !== 'h264');
  const ebml = element(
    ID.ebml,
    uint(0x4286, 1),
    uint(0x42f7, 1),
    uint(0x42f2, 4),
    uint(0x42f3, 8),
    text(0x4282, isWebm ? 'webm' : 'matroska'),
    uint(0x4287, 4),
    uint(0x4285, 2),
  );
  const segment = openElement(ID.segment);
  const segmentAt = ebml.length + segment.length;
  const names = Buffer.concat([uint(0x2ad7b1, NS_PER_MS), text(0x4d80, 'Freshet'), text(0x5741, 'Freshet')]);
  const info = element(ID.info, names, filler(DURATION_BYTES));
  const infoAt = segmentAt + SEEK_BYTES;
  const bytes = Buffer.concat([ebml, segment, filler(SEEK_BYTES), info, element(ID.tracks, ...tracks.map(trackEntry))]);
  return {
    bytes,
    segmentAt,
    seekAt: segmentAt,
    infoAt,
    durationAt: infoAt + info.length - DURATION_BYTES,
    tracksAt: infoAt + info.length,
  };
}

function trackEntry({ number, codec, config, size, frameMs }: MatroskaTrack): Uint8Array {
  const isAudio = codec === 'opus';
  return element(
    ID.trackEntry,
    uint(0xd7, number),
    uint(0x73c5, number),
    uint(0x83, isAudio ? AUDIO : VIDEO),
    uint(0x9c, 0),
    text(0x86, CODEC_IDS[codec]),
    ...(frameMs === undefined ? [] : [uint(ID.defaultDuration, Math.round(frameMs * NS_PER_MS))]),
    ...(config && config.length > 0 ? [element(0x63a2, config)] : []),
    ...(isAudio
      ? [uint(0x56bb, OPUS_PREROLL_NS), element(0xe1, float(0xb5, 48_000), uint(0x9f, 2))]
      : [element(0xe0, uint(0xb0, size?.width ?? 0), uint(0xba, size?.height ?? 0))]),
  );
}

/** OpusHead (RFC 7845 section 5.1): two channels, as RTP has them (RFC 7587). */
export const OPUS_CONFIG: Uint8Array = Buffer.concat([
  Buffer.from('OpusHead'),
  Uint8Array.of(1, 2, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0),
]);

/** All blocks within 32 s of the first; their times are relative to the earliest. */
export function cluster(blocks: readonly Block[]): Uint8Array {
  const startMs = Math.max(0, Math.min(...blocks.map(({ ms }) => ms)));
  const parts = blocks.flatMap((block) => [simpleBlockHead(block, startMs), block.data]);
  return element(ID.cluster, uint(ID.timestamp, startMs), ...parts);
}

/** All of it but the picture or the sound itself. */
function simpleBlockHead({ track, ms, isKey, data }: Block, startMs: number): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt8(0x80 | track);
  head.writeInt16BE(Math.max(0, ms - startMs), 1);
  head.writeUInt8(isKey ? KEY_BIT : 0, 3);
  return Buffer.concat([elementHead(ID.simpleBlock, head.length + data.length), head]);
}

/** Of a file of so many bytes: what is appended to it, and what then takes the place of what was kept free. */
export function closing(
  head: MatroskaHead,
  file: { readonly bytes: number; readonly durationMs: number; readonly cues: readonly CuePoint[] },
): { readonly append: Uint8Array; readonly patches: readonly Patch[] } {
  const append = element(ID.cues, ...file.cues.map((cue) => cuePoint(cue, head.segmentAt)));
  const hasCues = file.cues.length > 0;
  const end = file.bytes + (hasCues ? append.length : 0);
  const seek = element(
    0x114d9b74,
    seekEntry(ID.info, head.infoAt - head.segmentAt),
    seekEntry(ID.tracks, head.tracksAt - head.segmentAt),
    ...(hasCues ? [seekEntry(ID.cues, file.bytes - head.segmentAt)] : []),
  );
  return {
    append: hasCues ? append : new Uint8Array(0),
    patches: [
      { at: head.segmentAt - 12, bytes: openElement(ID.segment, end - head.segmentAt) },
      { at: head.seekAt, bytes: Buffer.concat([seek, filler(SEEK_BYTES - seek.length)]) },
      { at: head.durationAt, bytes: float(ID.duration, file.durationMs) },
    ],
  };
}

function cuePoint({ ms, track, clusterAt }: CuePoint, segmentAt: number): Uint8Array {
  return element(0xbb, uint(0xb3, ms), element(0xb7, uint(0xf7, track), uint(0xf1, clusterAt - segmentAt)));
}

function seekEntry(id: number, at: number): Uint8Array {
  return element(0x4dbb, element(0x53ab, idBytes(id)), uint(0x53ac, at));
}
