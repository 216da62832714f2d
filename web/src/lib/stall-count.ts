/** Looked at twice a second, so the picture has then stood still for a second at least. */
const STILL_MS = 1500;

/** How often and how long a picture stood still, by how many were decoded so far. */
export class StallCount {
  #decoded = 0;
  #grewMs: number | undefined;
  #stalls = 0;
  #stalledMs = 0;

  look(decoded: number, nowMs: number): void {
    if (decoded === this.#decoded) return;
    const stillMs = this.#stillMs(nowMs);
    if (stillMs > 0) {
      this.#stalls += 1;
      this.#stalledMs += stillMs;
    }
    this.#decoded = decoded;
    this.#grewMs = nowMs;
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
