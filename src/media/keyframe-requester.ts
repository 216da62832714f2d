const FIRST_GAP_MS = 500;
const GAP_GROWTH = 1.5;
const PATIENCE_MS = 10_000;

/** Merges the wishes of all viewers for a keyframe and spaces the PLIs (RFC 4585 section 6.3.1) that ask for it. */
export class KeyframeRequester {
  #isWanted = false;
  #wantedMs = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  #gapMs = 0;

  want(nowMs: number): void {
    this.#isWanted = true;
    this.#wantedMs = nowMs;
  }

  keyframeArrived(): void {
    this.#isWanted = false;
    this.#gapMs = 0;
  }

  /** True: send a PLI now. Some publishers ignore PLI, so it stops asking 10 s after the last wish. */
  due(nowMs: number): boolean {
    if (!this.#isWanted || nowMs - this.#askedMs < Math.max(FIRST_GAP_MS, this.#gapMs)) return false;
    if (nowMs - this.#wantedMs > PATIENCE_MS) {
      this.#isWanted = false;
      return false;
    }
    this.#askedMs = nowMs;
    this.#gapMs = this.#gapMs === 0 ? FIRST_GAP_MS : Math.min(this.#gapMs * GAP_GROWTH, PATIENCE_MS / 2);
    return true;
  }

  /** A new publisher may be asked at once. */
  reset(): void {
    this.#isWanted = false;
    this.#gapMs = 0;
    this.#askedMs = Number.NEGATIVE_INFINITY;
  }
}
