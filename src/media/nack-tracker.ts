interface Missing {
  readonly sinceMs: number;
  askedMs: number;
  tries: number;
}

// Time for packets that only changed places on the way.
const REORDER_MS = 4;
const MAX_AGE_MS = 1000;
const MAX_TRIES = 10;
const MIN_RETRY_MS = 20;
const MAX_MISSING = 300;
const NONE: readonly number[] = [];

/** The missing packets of one layer, and when to ask for each again (RFC 4585 section 6.2.1). */
export class NackTracker {
  /** Learned from how soon packets come that were asked for once. */
  roundTripMs = 100;
  /** Packets asked for so far, each time counted. */
  asked = 0;
  readonly #missing = new Map<number, Missing>();
  #highest = -1;
  #hopelessSeq = -1;

  /** `extSeq` as the layer extends it. */
  received(extSeq: number, nowMs: number): void {
    const highest = this.#highest;
    if (highest >= 0 && extSeq <= highest) {
      this.#found(extSeq, nowMs);
      return;
    }
    this.#highest = extSeq;
    if (highest < 0 || extSeq === highest + 1) return;
    if (extSeq - highest - 1 + this.#missing.size > MAX_MISSING) {
      this.#missing.clear();
      this.#hopelessSeq = extSeq - 1;
      return;
    }
    for (let seq = highest + 1; seq < extSeq; seq++) this.#missing.set(seq, { sinceMs: nowMs, askedMs: 0, tries: 0 });
  }

  /** The 16-bit numbers to ask for now, in order. */
  due(nowMs: number): readonly number[] {
    if (this.#missing.size === 0) return NONE;
    const seqs: number[] = [];
    for (const [seq, missing] of this.#missing) {
      if (
        missing.tries === 0 ? nowMs - missing.sinceMs < REORDER_MS : nowMs - missing.askedMs < this.#retryMs(missing)
      ) {
        continue;
      }
      if (missing.tries >= MAX_TRIES || nowMs - missing.sinceMs > MAX_AGE_MS) {
        this.#missing.delete(seq);
        this.#hopelessSeq = Math.max(this.#hopelessSeq, seq);
        continue;
      }
      missing.tries += 1;
      missing.askedMs = nowMs;
      seqs.push(seq & 0xffff);
    }
    this.asked += seqs.length;
    return seqs;
  }

  /** The highest packet given up since the last call, -1 when none: only a keyframe after it mends the picture. */
  takeHopeless(): number {
    const seq = this.#hopelessSeq;
    this.#hopelessSeq = -1;
    return seq;
  }

  reset(): void {
    this.#missing.clear();
    this.#highest = -1;
    this.#hopelessSeq = -1;
  }

  #found(extSeq: number, nowMs: number): void {
    const missing = this.#missing.get(extSeq);
    if (missing === undefined) return;
    this.#missing.delete(extSeq);
    if (missing.tries === 1) this.roundTripMs += (nowMs - missing.askedMs - this.roundTripMs) / 8;
  }

  #retryMs(missing: Missing): number {
    // An answer needs a round trip; a link that loses the answers too is asked ever more slowly.
    return Math.max(MIN_RETRY_MS, this.roundTripMs * 1.2) * 1.25 ** (missing.tries - 1);
  }
}
