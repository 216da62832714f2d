const WINDOW_MS = 200;
const NEWEST_MS = 150;
const NEWEST_PACKETS = 64;
const IDLE_MS = 150;

interface Arrival {
  readonly bytes: number;
  readonly arrivedMs: number;
}

/** Bits a second on the receiver's clock. */
export class ArrivalRate {
  /** Smoothed, quicker down than up; 0 at first. */
  bps = 0;
  #sinceMs = -1;
  #bytes = 0;
  #sentMs = 0;
  /** Oldest first. */
  readonly #newest: Arrival[] = [];

  add(bytes: number, sentMs: number, arrivedMs: number): void {
    if (this.#sinceMs < 0) this.#sinceMs = arrivedMs;
    const elapsedMs = arrivedMs - this.#sinceMs;
    if (elapsedMs >= WINDOW_MS) {
      const sample = (this.#bytes * 8000) / elapsedMs;
      const weight = this.bps === 0 ? 1 : sample < this.bps ? 0.7 : 0.5;
      this.bps += weight * (sample - this.bps);
      this.#sinceMs = arrivedMs;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    // While nothing was sent the link carried nothing.
    if (sentMs - this.#sentMs > IDLE_MS) this.#newest.length = 0;
    this.#sentMs = sentMs;
    this.#newest.push({ bytes, arrivedMs });
    if (this.#newest.length > NEWEST_PACKETS) this.#newest.shift();
  }

  /** Of the last moment alone: what a full link carries. `undefined` as long as there is too little to tell. */
  get newestBps(): number | undefined {
    const lastMs = this.#newest.at(-1)?.arrivedMs ?? 0;
    const first = Math.max(
      0,
      this.#newest.findLastIndex(({ arrivedMs }) => lastMs - arrivedMs >= NEWEST_MS),
    );
    const spanMs = lastMs - (this.#newest[first]?.arrivedMs ?? lastMs);
    if (spanMs < NEWEST_MS) return this.#newest.length < NEWEST_PACKETS ? undefined : this.bps;
    // The first one only starts the clock.
    return (this.#newest.slice(first + 1).reduce((sum, { bytes }) => sum + bytes, 0) * 8000) / spanMs;
  }
}
