import type { MediaKind } from '../media/plan.ts';
import { BestFrames, type LayerPlace, type RecordedSource } from './best-frames.ts';
import type { RecordedPacket } from './frame.ts';
import { frameBytes } from './frame-bytes.ts';
import type { TimedFrame } from './layer-frames.ts';
import { cluster, matroskaHead, OPUS_CONFIG } from './matroska.ts';
import { videoFormat } from './part.ts';

const TRACKS: Readonly<Record<MediaKind, number>> = { video: 1, audio: 2 };

export interface LiveFeedOptions {
  /** What the times of its blocks count from, on the clock of the packets' arrival. */
  readonly originMs: number;
  /** No sound, and of the picture only what can be decoded alone. */
  readonly isKeyframesOnly?: boolean;
}

/**
 * One stream as an endless Matroska, for somebody who reads along: packets in, bytes out with each frame that is whole.
 * Begins at a keyframe, goes on across publishers, and is over where its tracks would no longer be what its head says.
 */
export class LiveFeed {
  readonly #originMs: number;
  readonly #isKeyframesOnly: boolean;
  readonly #frames = new BestFrames();
  readonly #lastMs = { video: -1, audio: -1 };
  /** What the head says. */
  #shape: string | undefined;
  #isOver = false;

  constructor({ originMs, isKeyframesOnly = false }: LiveFeedOptions) {
    this.#originMs = originMs;
    this.#isKeyframesOnly = isKeyframesOnly;
  }

  /** Nothing more is to come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Who publishes from now on. */
  source(source: RecordedSource): readonly Uint8Array[] {
    const rest = this.#written(this.#frames.drain());
    this.#frames.source(source);
    return rest;
  }

  clock(place: LayerPlace, timestamp: number, ms: number): void {
    this.#frames.clock(place, timestamp, ms);
  }

  packet(place: LayerPlace, packet: RecordedPacket): readonly Uint8Array[] {
    return this.#written(this.#frames.packet(place, packet));
  }

  #written(frames: readonly TimedFrame[]): readonly Uint8Array[] {
    return frames.flatMap((frame) => (this.#isWanted(frame) ? this.#write(frame) : []));
  }

  #isWanted({ kind, isKey }: TimedFrame): boolean {
    return !this.#isKeyframesOnly || (kind === 'video' && isKey);
  }

  #write(frame: TimedFrame): readonly Uint8Array[] {
    if (this.#isOver) return [];
    const head = frame.kind === 'video' && frame.isKey ? this.#head(frame) : [];
    if (this.#shape === undefined || this.#isOver) return [];
    const ms = Math.max(Math.round(frame.ms - this.#originMs), this.#lastMs[frame.kind] + 1);
    this.#lastMs[frame.kind] = ms;
    const block = { track: TRACKS[frame.kind], ms, isKey: frame.isKey, data: frameBytes(frame) };
    // A cluster of its own, so that its reader need not wait for the next one.
    return [...head, cluster([block])];
  }

  #head(keyframe: TimedFrame): readonly Uint8Array[] {
    const video = videoFormat(keyframe);
    if (!video) return [];
    const hasAudio = !this.#isKeyframesOnly && this.#frames.has('audio');
    const shape = `${video.codec} ${hasAudio}`;
    if (this.#shape !== undefined) {
      this.#isOver = this.#shape !== shape;
      return [];
    }
    this.#shape = shape;
    const sound = hasAudio ? [{ number: TRACKS.audio, codec: 'opus' as const, config: OPUS_CONFIG }] : [];
    return [matroskaHead([{ number: TRACKS.video, ...video }, ...sound]).bytes];
  }
}
