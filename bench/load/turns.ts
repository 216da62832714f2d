/** Everybody's turn comes once in so long, all of them spread over it. */
export class Turns {
  readonly #everyMs: number;
  #cursor = 0;
  #lastMs: number;

  constructor(everyMs: number, nowMs: number) {
    this.#everyMs = everyMs;
    this.#lastMs = nowMs;
  }

  /** Places below `size` whose turn it is. */
  *due(size: number, nowMs: number): Iterable<number> {
    const due = Math.min(Math.floor(((nowMs - this.#lastMs) * size) / this.#everyMs), size);
    if (due === 0) return;
    // What is left of the time counts for the next turns, unless there is more of it than anybody could catch up with.
    this.#lastMs = due === size ? nowMs : this.#lastMs + (due * this.#everyMs) / size;
    for (let turn = 0; turn < due; turn += 1) {
      this.#cursor = (this.#cursor + 1) % size;
      yield this.#cursor;
    }
  }
}
