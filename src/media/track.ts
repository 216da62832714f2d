import type { Layer } from './layer.ts';
import type { LayerOffer } from './layer-selector.ts';
import type { OperatingPoint } from './operating-point.ts';
import type { MediaKind } from './plan.ts';

// A simulcast layer that its encoder switched off stops without a word.
const SILENCE_MS = 1000;

/** One m-section of a publisher with its layers by rid. */
export class PublisherTrack {
  readonly mid: string;
  readonly kind: MediaKind;
  readonly #layers = new Map<string, Layer>();

  constructor(options: { mid: string; kind: MediaKind; layers: readonly Layer[] }) {
    this.mid = options.mid;
    this.kind = options.kind;
    for (const layer of options.layers) this.#layers.set(layer.rid, layer);
  }

  get layers(): ReadonlyMap<string, Layer> {
    return this.#layers;
  }

  /**
   * What to forward when nobody chooses: the layer with the largest picture, else the highest bitrate, among those heard
   * within the last second; when all are silent, the one heard last. `undefined` before any packet.
   */
  best(nowMs: number): Layer | undefined {
    let best: Layer | undefined;
    for (const layer of this.#layers.values()) {
      if (layer.lastArrivalMs === Number.NEGATIVE_INFINITY) continue;
      if (best === undefined || isBetter(layer, best, nowMs)) best = layer;
    }
    return best;
  }

  /**
   * Whether a PLI for this layer is to be sent now. One that its encoder switched off answers none: it is not asked, nor
   * held deaf, as long as others of the track are heard; when it comes back it begins with a keyframe.
   */
  isKeyframeDue(layer: Layer, nowMs: number): boolean {
    return !this.#isSwitchedOff(layer, nowMs) && layer.keyframes.due(nowMs);
  }

  /** What can be sent now, from the least to the best. */
  ladder(nowMs: number): readonly LayerOffer<OperatingPoint>[] {
    return ladderOf([...this.#layers.values()], nowMs);
  }

  #isSwitchedOff(layer: Layer, nowMs: number): boolean {
    return isSilent(layer, nowMs) && [...this.#layers.values()].some((other) => !isSilent(other, nowMs));
  }
}

/** What can be sent now of these layers, from the least to the best. */
export function ladderOf(layers: readonly Layer[], nowMs: number): readonly LayerOffer<OperatingPoint>[] {
  return layers
    .filter((layer) => !isSilent(layer, nowMs))
    .toSorted((a, b) => (isBetter(a, b, nowMs) ? 1 : -1))
    .flatMap(({ points }) => points.offers(nowMs));
}

function isSilent({ lastArrivalMs }: Layer, nowMs: number): boolean {
  return nowMs - lastArrivalMs > SILENCE_MS;
}

function isBetter(layer: Layer, other: Layer, nowMs: number): boolean {
  const isOtherSilent = isSilent(other, nowMs);
  if (isSilent(layer, nowMs) !== isOtherSilent) return isOtherSilent;
  if (isOtherSilent) return layer.lastArrivalMs > other.lastArrivalMs;
  const areaGain = areaOf(layer) - areaOf(other);
  return areaGain !== 0 ? areaGain > 0 : layer.bitrateBps(nowMs) > other.bitrateBps(nowMs);
}

function areaOf(layer: Layer): number {
  return layer.size === undefined ? 0 : layer.size.width * layer.size.height;
}
