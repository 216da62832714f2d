import type { MediaKind } from '../media/plan.ts';
import type { RecordedPacket } from './frame.ts';
import { LayerFrames, type TimedFrame } from './layer-frames.ts';
import { videoFormat } from './part.ts';

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

/** The sound of a stream and the best of its pictures: packets in, frames with their times out. */
export class BestFrames {
  /** Of each track, its layers. */
  #layers: readonly (readonly LayerFrames[])[] = [];
  #followed: LayerFrames | undefined;
  #bestArea = 0;
  #lost = 0;

  /** Pictures that did not come whole, or follow one that did not. */
  get lost(): number {
    return this.#lost + this.#layers.flat().reduce((sum, { lost }) => sum + lost, 0);
  }

  has(kind: MediaKind): boolean {
    return this.#layers.flat().some((frames) => frames.kind === kind);
  }

  /** Who publishes from now on. What is left of the one before is to be `drain`ed first. */
  source({ tracks }: RecordedSource): void {
    this.#lost = this.lost;
    this.#layers = tracks.map(({ kind, layers }) =>
      layers.map(({ clockRate }) => new LayerFrames({ kind, clockRate })),
    );
    this.#followed = undefined;
    this.#bestArea = 0;
  }

  clock({ track, layer }: LayerPlace, timestamp: number, ms: number): void {
    this.#layers[track]?.[layer]?.captured(timestamp, ms);
  }

  /** What is of no layer that the source has is passed over. */
  packet({ track, layer }: LayerPlace, packet: RecordedPacket): readonly TimedFrame[] {
    const frames = this.#layers[track]?.[layer];
    return frames?.push(packet).filter((frame) => this.#takes(frames, frame)) ?? [];
  }

  /** All that can be had without waiting any longer. */
  drain(): readonly TimedFrame[] {
    return this.#layers.flat().flatMap((frames) => frames.flush().filter((frame) => this.#takes(frames, frame)));
  }

  #takes(from: LayerFrames, frame: TimedFrame): boolean {
    if (frame.kind === 'audio') return true;
    if (frame.isKey) this.#consider(from, frame);
    return from === this.#followed;
  }

  /** The layer with the largest picture is taken, or the largest that is still heard. Changes happen at keyframes. */
  #consider(from: LayerFrames, keyframe: TimedFrame): void {
    if (from === this.#followed) return;
    const size = videoFormat(keyframe)?.size;
    const area = size ? size.width * size.height : 0;
    const isSilent = this.#followed === undefined || keyframe.arrivedMs - this.#followed.heardMs > SILENCE_MS;
    if (!isSilent && area <= this.#bestArea) return;
    this.#followed = from;
    this.#bestArea = area;
  }
}
