/** So many at once, and then one more each `refillMs`. */
export interface Pace {
  readonly burst: number;
  readonly refillMs: number;
}

/** Kept as the time at which it is full again, which is exact (the generic cell rate algorithm, ITU-T I.371). */
export class TokenBucket {
  readonly #pace: Pace;
  #fullAtMs = Number.NEGATIVE_INFINITY;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** How long until there is one to take; 0 when there is. */
  waitMs(nowMs: number): number {
    const { burst, refillMs } = this.#pace;
    return Math.max(0, this.#fullAtMs - (burst - 1) * refillMs - nowMs);
  }

  take(nowMs: number): void {
    this.#fullAtMs = Math.max(this.#fullAtMs, nowMs) + this.#pace.refillMs;
  }

  /** One that is full says no more than a new one. */
  isFull(nowMs: number): boolean {
    return this.#fullAtMs <= nowMs;
  }
}
