/** A layer that could be sent now, and what it takes. */
export interface LayerOffer<L> {
  readonly layer: L;
  readonly bitrateBps: number;
}

// Below this share of what the present layer takes there is little to wait for.
const hopelessShare = 0.75;
const hopelessMs = 250;
const tightMs = 1000;
/** Share of the estimate that a layer gone down to may take: the queue has to drain too. */
const downShare = 0.9;
/** A layer to go up to must fit with this to spare. */
const upMargin = 1.1;
const probeMargin = 1.35;
const affordableMs = 700;
const firstProbeMs = 500;
const firstProbeGapMs = 1500;
const maxProbeGapMs = 5000;
const maxProbeBps = 10_000_000;
// Falling soon after going up says that going up was wrong: the next time it takes longer.
const regretMs = 10_000;
const maxCautionMs = 16_000;

/** Which layer one viewer is sent: down as soon as his link tells, up when it has long enough been seen to carry more. */
export class LayerSelector<L> {
  #current: L | undefined;
  #tightSinceMs: number | undefined;
  #affordableSinceMs: number | undefined;
  #changedMs = Number.NEGATIVE_INFINITY;
  #hasGoneUp = false;
  #cautionMs = affordableMs;
  #probeMs = 0;
  #probeGapMs = firstProbeGapMs;
  #probed: LayerOffer<L> | undefined;

  /** `ladder`: from the least to the best, none missing that could be sent. `undefined` when it is empty. */
  choose(ladder: readonly LayerOffer<L>[], estimateBps: number, nowMs: number): L | undefined {
    const at = ladder.findIndex(({ layer }) => layer === this.#current);
    const current = ladder[at];
    if (current === undefined) return this.#take(bestWithin(ladder, estimateBps), nowMs);
    if (this.#mustFall(current, estimateBps, nowMs) && at > 0)
      return this.#fall(ladder.slice(0, at), estimateBps, nowMs);
    const better = ladder.slice(at + 1).filter(({ bitrateBps }) => bitrateBps * upMargin <= estimateBps);
    const best = better.at(-1);
    if (best === undefined) {
      this.#affordableSinceMs = undefined;
      return current.layer;
    }
    if (estimateBps !== Number.POSITIVE_INFINITY) {
      this.#affordableSinceMs ??= nowMs;
      if (nowMs - this.#affordableSinceMs < this.#cautionMs) return current.layer;
    }
    if (nowMs - this.#changedMs > regretMs * 3) this.#cautionMs = affordableMs;
    return this.#take(best, nowMs, true);
  }

  /** The rate to probe for now: what the next layer would take, as long as the link was not seen to carry it. */
  probe(ladder: readonly LayerOffer<L>[], estimateBps: number, nowMs: number): number | undefined {
    const at = ladder.findIndex(({ layer }) => layer === this.#current);
    if (at < 0 || nowMs - this.#changedMs < firstProbeMs || this.#tightSinceMs !== undefined) return undefined;
    const next = ladder.slice(at + 1).find(({ bitrateBps }) => bitrateBps * upMargin > estimateBps);
    if (next === undefined) return undefined;
    // The last one succeeded: see at once how far it goes.
    const hasPassed = this.#probed !== undefined && this.#probed.layer !== next.layer;
    if (!hasPassed && nowMs < this.#probeMs) return undefined;
    this.#probeGapMs = hasPassed ? firstProbeGapMs : Math.min(this.#probeGapMs * 1.5, maxProbeGapMs);
    this.#probeMs = nowMs + this.#probeGapMs;
    this.#probed = next;
    return Math.min(next.bitrateBps * probeMargin, maxProbeBps);
  }

  #mustFall({ bitrateBps }: LayerOffer<L>, estimateBps: number, nowMs: number): boolean {
    if (estimateBps >= bitrateBps) {
      this.#tightSinceMs = undefined;
      return false;
    }
    this.#tightSinceMs ??= nowMs;
    const patienceMs = estimateBps < bitrateBps * hopelessShare ? hopelessMs : tightMs;
    return nowMs - this.#tightSinceMs >= patienceMs;
  }

  #fall(lower: readonly LayerOffer<L>[], estimateBps: number, nowMs: number): L | undefined {
    if (this.#hasGoneUp && nowMs - this.#changedMs < regretMs) {
      this.#cautionMs = Math.min(this.#cautionMs * 2, maxCautionMs);
    }
    return this.#take(bestWithin(lower, estimateBps * downShare), nowMs);
  }

  #take(offer: LayerOffer<L> | undefined, nowMs: number, isUp = false): L | undefined {
    this.#current = offer?.layer;
    this.#changedMs = nowMs;
    this.#hasGoneUp = isUp;
    this.#tightSinceMs = undefined;
    this.#affordableSinceMs = undefined;
    this.#probed = undefined;
    this.#probeGapMs = firstProbeGapMs;
    this.#probeMs = nowMs;
    return this.#current;
  }
}

function bestWithin<L>(ladder: readonly LayerOffer<L>[], bps: number): LayerOffer<L> | undefined {
  return ladder.findLast(({ bitrateBps }) => bitrateBps <= bps) ?? ladder[0];
}
