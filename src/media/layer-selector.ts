import type { LayerTraits } from './layer-wish.ts';

/** A layer that could be sent now, and what it takes. */
export interface LayerOffer<L> extends LayerTraits {
  readonly layer: L;
  readonly bitrateBps: number;
  /** A row of stills more than a moving picture. */
  readonly isChoppy?: boolean;
}

// Below this share of what the present layer takes there is little to wait for.
const HOPELESS_SHARE = 0.75;
const HOPELESS_MS = 250;
const TIGHT_MS = 1000;
/** Share of the estimate that a layer gone down to may take: the queue has to drain too, and sound takes its part. */
const DOWN_SHARE = 0.85;
/** A layer to go up to must fit with this to spare. */
const UP_MARGIN = 1.2;
const PROBE_MARGIN = 1.45;
const AFFORDABLE_MS = 700;
const FIRST_PROBE_MS = 500;
const FIRST_PROBE_GAP_MS = 1500;
const MAX_PROBE_GAP_MS = 3000;
const MAX_PROBE_BPS = 10_000_000;
// Falling soon after going up says that going up was wrong: the next time it takes longer.
const REGRET_MS = 10_000;
const MAX_CAUTION_MS = 16_000;

/** Which layer one viewer is sent: down as soon as his link tells, up when it has long enough been seen to carry more. */
export class LayerSelector<L> {
  /** After `choose`: the link carries so much less that what was sent so far must not go on until the next keyframe. */
  isFlooded = false;
  #current: L | undefined;
  #tightSinceMs: number | undefined;
  #affordableSinceMs: number | undefined;
  #changedMs = Number.NEGATIVE_INFINITY;
  #hasGoneUp = false;
  #cautionMs = AFFORDABLE_MS;
  #probeMs = 0;
  #probeGapMs = FIRST_PROBE_GAP_MS;
  #probed: { readonly layer: L; readonly estimateBps: number } | undefined;

  /** `ladder`: from the least to the best, none missing that could be sent. `undefined` when it is empty. */
  choose(ladder: readonly LayerOffer<L>[], estimateBps: number, nowMs: number, isFull = false): L | undefined {
    this.isFlooded = false;
    const at = ladder.findIndex(({ layer }) => layer === this.#current);
    const current = ladder[at];
    if (current === undefined) return this.#take(bestWithin(ladder, estimateBps), nowMs);
    if (this.#mustFall(current, estimateBps, nowMs, isFull) && at > 0)
      return this.#fall(current, ladder.slice(0, at), estimateBps, nowMs);
    const better = ladder.slice(at + 1).filter(({ bitrateBps }) => bitrateBps * UP_MARGIN <= estimateBps);
    const best = better.at(-1);
    if (best === undefined) {
      this.#affordableSinceMs = undefined;
      return current.layer;
    }
    if (estimateBps !== Number.POSITIVE_INFINITY) {
      this.#affordableSinceMs ??= nowMs;
      if (nowMs - this.#affordableSinceMs < this.#cautionMs) return current.layer;
    }
    if (nowMs - this.#changedMs > REGRET_MS * 3) this.#cautionMs = AFFORDABLE_MS;
    return this.#take(best, nowMs, true);
  }

  /** The rate to probe for now: what the next layer would take, as long as the link was not seen to carry it. */
  probe(ladder: readonly LayerOffer<L>[], estimateBps: number, nowMs: number): number | undefined {
    const at = ladder.findIndex(({ layer }) => layer === this.#current);
    if (at < 0 || nowMs - this.#changedMs < FIRST_PROBE_MS || this.#tightSinceMs !== undefined) return undefined;
    const next = ladder.slice(at + 1).find(({ bitrateBps }) => bitrateBps * UP_MARGIN > estimateBps);
    if (next === undefined) return undefined;
    // The last one succeeded: see at once how far it goes.
    const hasPassed = this.#probed && this.#probed.layer !== next.layer && estimateBps > this.#probed.estimateBps;
    if (!hasPassed && nowMs < this.#probeMs) return undefined;
    this.#probeGapMs = hasPassed ? FIRST_PROBE_GAP_MS : Math.min(this.#probeGapMs * 1.5, MAX_PROBE_GAP_MS);
    this.#probeMs = nowMs + this.#probeGapMs;
    this.#probed = { layer: next.layer, estimateBps };
    return Math.min(next.bitrateBps * PROBE_MARGIN, MAX_PROBE_BPS);
  }

  #mustFall({ bitrateBps }: LayerOffer<L>, estimateBps: number, nowMs: number, isFull: boolean): boolean {
    if (estimateBps >= bitrateBps) {
      this.#tightSinceMs = undefined;
      return false;
    }
    this.#tightSinceMs ??= nowMs;
    const isHopeless = estimateBps < bitrateBps * HOPELESS_SHARE;
    if (isHopeless && isFull) return true;
    return nowMs - this.#tightSinceMs >= (isHopeless ? HOPELESS_MS : TIGHT_MS);
  }

  #fall(from: LayerOffer<L>, lower: readonly LayerOffer<L>[], estimateBps: number, nowMs: number): L | undefined {
    if (this.#hasGoneUp && nowMs - this.#changedMs < REGRET_MS) {
      this.#cautionMs = Math.min(this.#cautionMs * 2, MAX_CAUTION_MS);
    }
    this.isFlooded = estimateBps < from.bitrateBps * HOPELESS_SHARE;
    return this.#take(bestWithin(lower, estimateBps * DOWN_SHARE), nowMs);
  }

  #take(offer: LayerOffer<L> | undefined, nowMs: number, isUp = false): L | undefined {
    this.#current = offer?.layer;
    this.#changedMs = nowMs;
    this.#hasGoneUp = isUp;
    this.#tightSinceMs = undefined;
    this.#affordableSinceMs = undefined;
    this.#probed = undefined;
    this.#probeGapMs = FIRST_PROBE_GAP_MS;
    this.#probeMs = nowMs;
    return this.#current;
  }
}

function bestWithin<L>(ladder: readonly LayerOffer<L>[], bps: number): LayerOffer<L> | undefined {
  return ladder.findLast(({ bitrateBps }) => bitrateBps <= bps) ?? ladder[0];
}
