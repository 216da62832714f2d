const FIRST_MS = 500;
// Below the second of RFC 9260, as browsers have it: with a chat's few packets nearly every loss waits for this timer.
const MIN_MS = 300;
// A packet in two seconds harms no link, and after some loss a longer wait is felt.
const MAX_MS = 2000;

/** How long to wait for an acknowledgement (RFC 9260 section 6.3.1). */
export class RetransmissionTimeout {
  #smoothedMs: number | undefined;
  #variationMs = 0;
  #ms = FIRST_MS;

  get ms(): number {
    return this.#ms;
  }

  measured(roundTripMs: number): void {
    if (this.#smoothedMs === undefined) {
      this.#smoothedMs = roundTripMs;
      this.#variationMs = roundTripMs / 2;
    } else {
      this.#variationMs += (Math.abs(this.#smoothedMs - roundTripMs) - this.#variationMs) / 4;
      this.#smoothedMs += (roundTripMs - this.#smoothedMs) / 8;
    }
    this.progressed();
  }

  /** Something new was acknowledged: what was waited for longer than that is over. */
  progressed(): void {
    if (this.#smoothedMs === undefined) this.#ms = FIRST_MS;
    else this.#ms = Math.min(MAX_MS, Math.max(MIN_MS, this.#smoothedMs + 4 * this.#variationMs));
  }

  expired(): void {
    this.#ms = Math.min(MAX_MS, this.#ms * 2);
  }
}
