// Below this share of what the least layer takes there is little to wait for.
const HOPELESS_SHARE = 0.75;
const HOPELESS_MS = 1000;
const TIGHT_MS = 5000;
// A link whose queue drains again, or that loses no more, is only not yet known to carry more.
const RELIEVED_MS = 750;
/** The picture comes back where the link carries it with this to spare. */
const UP_MARGIN = 1.2;
const PROBE_MARGIN = 1.45;
const FIRST_PROBE_MS = 2000;
const GROWTH = 1.5;
const MAX_PROBE_GAP_MS = 8000;
// A picture that stopped so soon after it came back should not have.
const REGRET_MS = 10_000;
const MAX_PATIENCE_MS = 16_000;

export interface LeastPicture {
  readonly bitrateBps: number;
  /** Nothing more than this is being sent. */
  readonly isSent: boolean;
}

export interface LinkSeen {
  readonly estimateBps: number;
  /** It has a queue, or loses packets. */
  readonly isStrained: boolean;
}

/**
 * Whether a link carries any picture at all. Where not even the least does it fit, what is sent of it would only hold up
 * the sound: so that goes alone, until a probe of the link finds room.
 */
export class PicturePause {
  #isPaused = false;
  #tightSinceMs: number | undefined;
  #strainedMs = Number.NEGATIVE_INFINITY;
  #resumedMs = Number.NEGATIVE_INFINITY;
  #patienceMs = FIRST_PROBE_MS;
  #probeMs = 0;
  #probeGapMs = FIRST_PROBE_MS;

  get isPaused(): boolean {
    return this.#isPaused;
  }

  look(least: LeastPicture, link: LinkSeen, nowMs: number): void {
    if (link.isStrained) this.#strainedMs = nowMs;
    if (this.#isPaused) {
      if (link.estimateBps >= least.bitrateBps * UP_MARGIN) this.resume(nowMs);
    } else if (this.#isTooMuch(least, link.estimateBps, nowMs)) {
      this.#pause(nowMs);
    }
  }

  resume(nowMs: number): void {
    if (this.#isPaused) this.#resumedMs = nowMs;
    this.#isPaused = false;
    this.#tightSinceMs = undefined;
  }

  /** The rate to probe for now, if it is time to. */
  probe(leastBps: number, nowMs: number): number | undefined {
    if (!this.#isPaused || nowMs < this.#probeMs) return undefined;
    this.#probeMs = nowMs + this.#probeGapMs;
    this.#probeGapMs = Math.max(this.#probeGapMs, Math.min(this.#probeGapMs * GROWTH, MAX_PROBE_GAP_MS));
    return leastBps * PROBE_MARGIN;
  }

  #isTooMuch({ bitrateBps, isSent }: LeastPicture, estimateBps: number, nowMs: number): boolean {
    if (!isSent || estimateBps >= bitrateBps || nowMs - this.#strainedMs > RELIEVED_MS) {
      this.#tightSinceMs = undefined;
      return false;
    }
    this.#tightSinceMs ??= nowMs;
    const isHopeless = estimateBps < bitrateBps * HOPELESS_SHARE;
    return nowMs - this.#tightSinceMs >= (isHopeless ? HOPELESS_MS : TIGHT_MS);
  }

  #pause(nowMs: number): void {
    const wasInVain = nowMs - this.#resumedMs < REGRET_MS;
    this.#patienceMs = wasInVain ? Math.min(this.#patienceMs * 2, MAX_PATIENCE_MS) : FIRST_PROBE_MS;
    this.#isPaused = true;
    this.#probeMs = nowMs + this.#patienceMs;
    this.#probeGapMs = this.#patienceMs;
  }
}
