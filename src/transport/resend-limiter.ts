const SLOTS = 256;
const MIN_GAP_MS = 10;
/** Packets over which losses are counted. */
const WINDOW = 256;
// Where fewer are lost a second copy brings nothing; where more are, the link is too thin, and copies make it worse.
const LOSSY = { min: 0.02, max: 0.15 };

/** How often to answer the NACKs of one viewer. */
export class ResendLimiter {
  // Made with the first loss: most viewers of a good network never need them.
  #seqs: Float64Array | undefined;
  #times: Float64Array | undefined;
  #windowStart = 0;
  #missing = 0;
  #isLossy = false;

  /** Packets are lost by chance, and often. */
  get isLossy(): boolean {
    return this.#isLossy;
  }

  /**
   * How many copies to send of a packet that is asked for: none when one was sent within the last round trip, since a
   * receiver repeats its NACK until the packet is there. Two where the first is likely to be lost as well: a receiver
   * that does not know its round trip asks again only after 100 ms, too late for the picture.
   */
  copies(outSeq: number, roundTripMs: number, nowMs: number): number {
    this.#seqs ??= new Float64Array(SLOTS).fill(-1);
    this.#times ??= new Float64Array(SLOTS);
    const slot = outSeq & (SLOTS - 1);
    const isRepeated = this.#seqs[slot] === outSeq;
    const gapMs = Math.max(MIN_GAP_MS, roundTripMs * 0.8);
    if (isRepeated && nowMs - (this.#times[slot] ?? 0) < gapMs) return 0;
    this.#seqs[slot] = outSeq;
    this.#times[slot] = nowMs;
    if (!isRepeated) this.#noteMissing(outSeq);
    return isRepeated || this.#isLossy ? 2 : 1;
  }

  #noteMissing(outSeq: number): void {
    this.#missing += 1;
    const span = outSeq - this.#windowStart;
    if (span < WINDOW) return;
    const share = this.#missing / span;
    this.#isLossy = this.#windowStart > 0 && share >= LOSSY.min && share <= LOSSY.max;
    this.#windowStart = outSeq;
    this.#missing = 0;
  }
}
