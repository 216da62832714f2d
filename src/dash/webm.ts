import { element, uint } from '../recording/ebml.ts';
import { type Block, cluster, ID, type MatroskaTrack, matroskaHead, OPUS_CONFIG } from '../recording/matroska.ts';

/** The one track of each file. */
const TRACK = 1;

export interface VideoTrack {
  readonly config: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly frameMs: number;
}

export interface SegmentFrame {
  /** On the clock of the presentation. */
  readonly ms: number;
  readonly isKey: boolean;
  readonly data: Uint8Array;
}

/** What a player reads before the first segment of AV1. */
export function videoInit({ config, width, height, frameMs }: VideoTrack): Uint8Array {
  return initOf({ number: TRACK, codec: 'av1', config, size: { width, height }, frameMs });
}

/** What a player reads before the first segment of Opus. */
export function audioInit(): Uint8Array {
  return initOf({ number: TRACK, codec: 'opus', config: OPUS_CONFIG });
}

function initOf(track: MatroskaTrack): Uint8Array {
  return matroskaHead([track]).bytes;
}

/** A segment in which nothing is: what a player may take that asks for what never was, and goes on. */
export function emptySegment(startMs: number): Uint8Array {
  return element(ID.cluster, uint(ID.timestamp, startMs));
}

/** One cluster: what Media Source Extensions take as a segment of WebM. */
export function mediaSegment(frames: readonly SegmentFrame[]): Uint8Array {
  return cluster(frames.map((frame): Block => ({ track: TRACK, ...frame })));
}
