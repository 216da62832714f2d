import { BandwidthEstimator } from '../media/bandwidth-estimator.ts';
import type { LinkView } from '../media/layer-chooser.ts';
import { type LayerOffer, LayerSelector } from '../media/layer-selector.ts';
import type { OperatingPoint } from '../media/operating-point.ts';
import type { CongestionControl } from './fan-out.ts';

/** What one viewer's link carries, and which layer he is sent for it. */
export class LinkControl implements CongestionControl, LinkView<OperatingPoint> {
  readonly extensionId: number;
  readonly #estimator = new BandwidthEstimator();
  readonly #selector = new LayerSelector<OperatingPoint>();

  constructor(extensionId: number) {
    this.extensionId = extensionId;
  }

  sent(bytes: number, nowMs: number): number {
    return this.#estimator.sent(bytes, nowMs);
  }

  feedback(raw: Uint8Array, nowMs: number): void {
    this.#estimator.feedback(raw, nowMs);
  }

  get estimateBps(): number {
    return this.#estimator.estimateBps;
  }

  /** `ladder`: from the least to the best. Begins a probe where more might be had. */
  choose(ladder: readonly LayerOffer<OperatingPoint>[], nowMs: number): OperatingPoint | undefined {
    const { estimateBps } = this.#estimator;
    const layer = this.#selector.choose(ladder, estimateBps, nowMs);
    const mayProbe = this.#estimator.mayProbe(nowMs);
    const probeBps = mayProbe ? this.#selector.probe(ladder, estimateBps, nowMs) : undefined;
    if (probeBps !== undefined) this.#estimator.startProbe(probeBps, nowMs);
    return layer;
  }

  /** After `choose`: the layer sent so far is far too much for the link. */
  get isFlooded(): boolean {
    return this.#selector.isFlooded;
  }

  /** Bytes of padding that a probe under way wants now. */
  paddingDue(nowMs: number): number {
    return this.#estimator.isProbing ? this.#estimator.paddingDue(nowMs) : 0;
  }
}
