// Enough for most keyframes, and for the queues of most links.
const BURST_BYTES = 60_000;
const FIRST_BPS = 8_000_000;
const FIRST_SHARE = 2.5;
const LEAST_SHARE = 1.2;
const BACK_OFF = 0.5;
/** Less at once would cost a kernel message for every packet or two. */
const MIN_CHUNK_BYTES = 10_000;

/**
 * How fast a cached group goes to one viewer: a picture at once, then faster than it came, so that he catches up, but
 * not so fast that a thin link loses most of it. Each loss slows it down.
 */
export class ReplayPacer {
  #bps = FIRST_BPS;
  #leastBps = 0;
  #budget = 0;
  #atMs = 0;
  #slowedMs = Number.NEGATIVE_INFINITY;

  begin(layerBps: number, nowMs: number): void {
    this.#leastBps = layerBps * LEAST_SHARE;
    this.#bps = Math.max(FIRST_BPS, layerBps * FIRST_SHARE);
    this.#budget = BURST_BYTES;
    this.#atMs = nowMs;
  }

  /** Bytes that may go out now; 0 while it is not worth the while. */
  allowance(nowMs: number): number {
    this.#budget = Math.min(BURST_BYTES, this.#budget + (this.#bps * (nowMs - this.#atMs)) / 8000);
    this.#atMs = nowMs;
    return this.#budget < MIN_CHUNK_BYTES ? 0 : this.#budget;
  }

  /** Of the group, or again. */
  sent(bytes: number): void {
    this.#budget -= bytes;
  }

  /** The viewer misses packets. */
  slowDown(roundTripMs: number, nowMs: number): void {
    if (nowMs - this.#slowedMs < roundTripMs) return;
    this.#slowedMs = nowMs;
    this.#bps = Math.max(this.#leastBps, this.#bps * BACK_OFF);
  }
}
