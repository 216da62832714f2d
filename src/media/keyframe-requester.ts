const firstGapMs = 500;
const gapGrowth = 1.5;
const patienceMs = 10_000;

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
    if (!this.#isWanted || nowMs - this.#askedMs < Math.max(firstGapMs, this.#gapMs)) return false;
    if (nowMs - this.#wantedMs > patienceMs) {
      this.#isWanted = false;
      return false;
    }
    this.#askedMs = nowMs;
    this.#gapMs = this.#gapMs === 0 ? firstGapMs : Math.min(this.#gapMs * gapGrowth, patienceMs / 2);
    return true;
  }

  /** A new publisher may be asked at once. */
  reset(): void {
    this.#isWanted = false;
    this.#gapMs = 0;
    this.#askedMs = Number.NEGATIVE_INFINITY;
  }
}
