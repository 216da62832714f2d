/** Looked at twice a second, so the picture has then stood still for a second at least. */
const STILL_MS = 1500;

/** How often and how long a picture stood still, by what grows as long as it does not. */
export class StallCount {
  #progress = 0;
  #grewMs: number | undefined;
  #stalls = 0;
  #stalledMs = 0;

  look(progress: number, nowMs: number): void {
    if (progress === this.#progress) return;
    const stillMs = this.#stillMs(nowMs);
    if (stillMs > 0) {
      this.#stalls += 1;
      this.#stalledMs += stillMs;
    }
    this.#progress = progress;
    this.#grewMs = nowMs;
  }

  /** It stands still because the viewer wants it to, up to the next look. */
  rest(): void {
    this.#grewMs = undefined;
  }

  /** With the one that goes on. */
  at(nowMs: number): { stalls: number; stalledMs: number } {
    const stillMs = this.#stillMs(nowMs);
    return { stalls: this.#stalls + (stillMs > 0 ? 1 : 0), stalledMs: Math.round(this.#stalledMs + stillMs) };
  }

  /** Waiting for the first picture is no stall. */
  #stillMs(nowMs: number): number {
    const ms = this.#grewMs === undefined ? 0 : nowMs - this.#grewMs;
    return ms >= STILL_MS ? ms : 0;
  }
}
