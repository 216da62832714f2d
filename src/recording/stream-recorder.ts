import { BestFrames, type LayerPlace, type RecordedSource } from './best-frames.ts';
import type { RecordedPacket } from './frame.ts';
import type { TimedFrame } from './layer-frames.ts';
import type { Patch } from './matroska.ts';
import { Part, type PartFormat, videoFormat } from './part.ts';

/** A picture that was promised and does not come is not waited for. */
const VIDEO_PATIENCE_MS = 5_000;

export type RecorderAction =
  | { readonly type: 'begin'; readonly bytes: Uint8Array; readonly format: PartFormat; readonly startMs: number }
  | { readonly type: 'append'; readonly bytes: Uint8Array }
  | {
      readonly type: 'end';
      readonly bytes: Uint8Array;
      readonly patches: readonly Patch[];
      readonly durationMs: number;
    };

/**
 * One stream as files: packets in, what is to be written out. Parts follow one another where a codec changes; a
 * publisher that goes and returns leaves a gap in time and nothing else.
 */
export class StreamRecorder {
  readonly #frames = new BestFrames();
  #part: Part | undefined;
  #soundSinceMs: number | undefined;

  /** Pictures that did not come whole, or follow one that did not. */
  get lost(): number {
    return this.#frames.lost;
  }

  /** Who publishes from now on. */
  source(source: RecordedSource): readonly RecorderAction[] {
    const actions = this.#drain();
    this.#frames.source(source);
    return actions;
  }

  clock(place: LayerPlace, timestamp: number, ms: number): void {
    this.#frames.clock(place, timestamp, ms);
  }

  packet(place: LayerPlace, packet: RecordedPacket): readonly RecorderAction[] {
    return this.#frames.packet(place, packet).flatMap((frame) => this.#frame(frame));
  }

  /** The last part is whole then. */
  close(): readonly RecorderAction[] {
    return [...this.#drain(), ...this.#end()];
  }

  #drain(): readonly RecorderAction[] {
    return this.#frames.drain().flatMap((frame) => this.#frame(frame));
  }

  #frame(frame: TimedFrame): readonly RecorderAction[] {
    if (frame.kind === 'audio') return this.#sound(frame);
    const begun = frame.isKey && !this.#part?.fits(frame) ? this.#begin(frame) : [];
    return [...begun, ...this.#append(frame)];
  }

  #sound(frame: TimedFrame): readonly RecorderAction[] {
    this.#soundSinceMs ??= frame.ms;
    const isPatient = this.#frames.has('video') && frame.ms - this.#soundSinceMs < VIDEO_PATIENCE_MS;
    const begun = this.#part || isPatient ? [] : this.#open({ hasAudio: true }, frame.ms);
    return [...begun, ...this.#append(frame)];
  }

  #begin(keyframe: TimedFrame): readonly RecorderAction[] {
    const video = videoFormat(keyframe);
    if (!video) return [];
    return [...this.#end(), ...this.#open({ video, hasAudio: this.#frames.has('audio') }, keyframe.ms)];
  }

  #open(format: PartFormat, startMs: number): readonly RecorderAction[] {
    const part = new Part(format, startMs);
    this.#part = part;
    return [{ type: 'begin', bytes: part.head, format, startMs }];
  }

  #append(frame: TimedFrame): readonly RecorderAction[] {
    const { format } = this.#part ?? {};
    const belongs = frame.kind === 'audio' ? format?.hasAudio : format?.video?.codec === frame.codec;
    return belongs ? (this.#part?.push(frame) ?? []).map((bytes) => ({ type: 'append', bytes })) : [];
  }

  #end(): readonly RecorderAction[] {
    const part = this.#part;
    if (!part) return [];
    this.#part = undefined;
    const { append, patches } = part.close();
    return [{ type: 'end', bytes: append, patches, durationMs: part.durationMs }];
  }
}
