const EVERY_MS = 60_000;

/** When to tell that more people watch than ever before on this stream: not of each that comes, but once a minute. */
export class PeakNews {
  #told = 0;
  #dueMs: number | undefined;

  /** Whether to tell now; it then counts as told. */
  isDue(peakViewers: number, nowMs: number): boolean {
    this.#dueMs ??= nowMs + EVERY_MS;
    if (peakViewers <= this.#told || nowMs < this.#dueMs) return false;
    this.#told = peakViewers;
    this.#dueMs = nowMs + EVERY_MS;
    return true;
  }
}
