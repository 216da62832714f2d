import type { MediaKind } from '../media/plan.ts';
import type { RecordedPacket } from './frame.ts';
import { LayerFrames, type TimedFrame } from './layer-frames.ts';
import type { Patch } from './matroska.ts';
import { Part, type PartFormat, videoFormat } from './part.ts';

/** A picture that was promised and does not come is not waited for. */
const VIDEO_PATIENCE_MS = 5_000;
/** A layer that its encoder switched off stops without a word. */
const SILENCE_MS = 1_500;

/** Who publishes: its tracks with their layers. */
export interface RecordedSource {
  readonly tracks: readonly {
    readonly kind: MediaKind;
    readonly layers: readonly { readonly clockRate: number }[];
  }[];
}

/** Where a packet belongs: track and layer by their places in the source. */
export interface LayerPlace {
  readonly track: number;
  readonly layer: number;
}

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
  /** Of each track, its layers. */
  #layers: readonly (readonly LayerFrames[])[] = [];
  #followed: LayerFrames | undefined;
  #part: Part | undefined;
  #soundSinceMs: number | undefined;
  #bestArea = 0;
  #lost = 0;

  /** Pictures that did not come whole, or follow one that did not. */
  get lost(): number {
    return this.#lost + this.#layers.flat().reduce((sum, { lost }) => sum + lost, 0);
  }

  /** Who publishes from now on. */
  source({ tracks }: RecordedSource): readonly RecorderAction[] {
    const actions = this.#drain();
    this.#lost = this.lost;
    this.#layers = tracks.map(({ kind, layers }) =>
      layers.map(({ clockRate }) => new LayerFrames({ kind, clockRate })),
    );
    this.#followed = undefined;
    this.#bestArea = 0;
    return actions;
  }

  clock({ track, layer }: LayerPlace, timestamp: number, ms: number): void {
    this.#layers[track]?.[layer]?.captured(timestamp, ms);
  }

  packet({ track, layer }: LayerPlace, packet: RecordedPacket): readonly RecorderAction[] {
    const frames = this.#layers[track]?.[layer];
    if (!frames) return [];
    return frames.push(packet).flatMap((frame) => this.#frame(frames, frame));
  }

  /** The last part is whole then. */
  close(): readonly RecorderAction[] {
    return [...this.#drain(), ...this.#end()];
  }

  #drain(): readonly RecorderAction[] {
    return this.#layers.flat().flatMap((frames) => frames.flush().flatMap((frame) => this.#frame(frames, frame)));
  }

  #frame(from: LayerFrames, frame: TimedFrame): readonly RecorderAction[] {
    if (frame.kind === 'audio') return this.#sound(frame);
    if (frame.isKey) this.#consider(from, frame);
    if (from !== this.#followed) return [];
    const begun = frame.isKey && !this.#part?.fits(frame) ? this.#begin(frame) : [];
    return [...begun, ...this.#append(frame)];
  }

  /** The layer with the largest picture is recorded, or the largest that is still heard. Changes happen at keyframes. */
  #consider(from: LayerFrames, keyframe: TimedFrame): void {
    if (from === this.#followed) return;
    const size = videoFormat(keyframe)?.size;
    const area = size ? size.width * size.height : 0;
    const isSilent = this.#followed === undefined || keyframe.arrivedMs - this.#followed.heardMs > SILENCE_MS;
    if (!isSilent && area <= this.#bestArea) return;
    this.#followed = from;
    this.#bestArea = area;
  }

  #sound(frame: TimedFrame): readonly RecorderAction[] {
    this.#soundSinceMs ??= frame.ms;
    const isPatient = this.#has('video') && frame.ms - this.#soundSinceMs < VIDEO_PATIENCE_MS;
    const begun = this.#part || isPatient ? [] : this.#open({ hasAudio: true }, frame.ms);
    return [...begun, ...this.#append(frame)];
  }

  #begin(keyframe: TimedFrame): readonly RecorderAction[] {
    const video = videoFormat(keyframe);
    if (!video) return [];
    return [...this.#end(), ...this.#open({ video, hasAudio: this.#has('audio') }, keyframe.ms)];
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

  #has(kind: MediaKind): boolean {
    return this.#layers.flat().some((frames) => frames.kind === kind);
  }
}
