const SLOTS = 256;
const MIN_GAP_MS = 10;

/** A receiver repeats its NACK until the packet is there; one answer per round trip is enough. */
export class ResendLimiter {
  // Made with the first loss: most viewers of a good network never need them.
  #seqs: Float64Array | undefined;
  #times: Float64Array | undefined;

  mayResend(extSeq: number, roundTripMs: number, nowMs: number): boolean {
    this.#seqs ??= new Float64Array(SLOTS).fill(-1);
    this.#times ??= new Float64Array(SLOTS);
    const slot = extSeq & (SLOTS - 1);
    const gapMs = Math.max(MIN_GAP_MS, roundTripMs * 0.8);
    if (this.#seqs[slot] === extSeq && nowMs - (this.#times[slot] ?? 0) < gapMs) return false;
    this.#seqs[slot] = extSeq;
    this.#times[slot] = nowMs;
    return true;
  }
}
