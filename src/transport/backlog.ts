// A burst such as a keyframe may wait a moment, but no more than this.
const MAX_WAITING_BYTES = 384 * 1024;

/** How far a stream connection is behind with what it was given. Sans-IO. */
export class Backlog {
  /** Packets that were not even written, so as not to fall further behind. */
  passedOver = 0;
  readonly #waiting: () => number;
  #written = 0;
  /** All that had been written at `markMs`. */
  #mark = 0;
  #markMs = 0;
  #isOver = false;

  /** `waiting`: how many of the bytes written the kernel has not taken yet. */
  constructor(waiting: () => number) {
    this.#waiting = waiting;
  }

  wrote(bytes: number): void {
    this.#written += bytes;
  }

  /** Nothing more will be taken. */
  end(): void {
    this.#isOver = true;
  }

  /** All that waited at the last look is gone. */
  isClear(nowMs: number): boolean {
    return this.#lagMs(nowMs) === 0;
  }

  /** Something has waited for longer than that, or too much waits. */
  isBehind(patienceMs: number, nowMs: number): boolean {
    return this.#lagMs(nowMs) > patienceMs || this.#waiting() > MAX_WAITING_BYTES;
  }

  /** At least so old is the oldest byte that waits. */
  #lagMs(nowMs: number): number {
    if (this.#isOver) return Number.POSITIVE_INFINITY;
    if (this.#written - this.#waiting() >= this.#mark) {
      this.#mark = this.#written;
      this.#markMs = nowMs;
    }
    return nowMs - this.#markMs;
  }
}
