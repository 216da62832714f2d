interface Missing {
  readonly sinceMs: number;
  askedMs: number;
  tries: number;
}

// Time for packets that only changed places on the way.
const reorderMs = 4;
const maxAgeMs = 1000;
const maxTries = 10;
const minRetryMs = 20;
const maxMissing = 300;
const none: readonly number[] = [];

/** The missing packets of one layer, and when to ask for each again (RFC 4585 section 6.2.1). */
export class NackTracker {
  /** Learned from how soon packets come that were asked for once. */
  roundTripMs = 100;
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
    if (extSeq - highest - 1 + this.#missing.size > maxMissing) {
      this.#missing.clear();
      this.#hopelessSeq = extSeq - 1;
      return;
    }
    for (let seq = highest + 1; seq < extSeq; seq++) this.#missing.set(seq, { sinceMs: nowMs, askedMs: 0, tries: 0 });
  }

  /** The 16-bit numbers to ask for now, in order. */
  due(nowMs: number): readonly number[] {
    if (this.#missing.size === 0) return none;
    const seqs: number[] = [];
    for (const [seq, missing] of this.#missing) {
      if (
        missing.tries === 0 ? nowMs - missing.sinceMs < reorderMs : nowMs - missing.askedMs < this.#retryMs(missing)
      ) {
        continue;
      }
      if (missing.tries >= maxTries || nowMs - missing.sinceMs > maxAgeMs) {
        this.#missing.delete(seq);
        this.#hopelessSeq = Math.max(this.#hopelessSeq, seq);
        continue;
      }
      missing.tries += 1;
      missing.askedMs = nowMs;
      seqs.push(seq & 0xffff);
    }
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
    return Math.max(minRetryMs, this.roundTripMs * 1.2) * 1.25 ** (missing.tries - 1);
  }
}
