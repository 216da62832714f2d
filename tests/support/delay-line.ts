interface Waiting<T> {
  readonly atMs: number;
  readonly item: T;
}

/** Items by the time they are due; those due at the same time in the order they came. */
export class DelayLine<T> {
  readonly #waiting: Waiting<T>[] = [];

  add(atMs: number, item: T): void {
    // Most come in order, so the search begins at the end.
    const before = this.#waiting.findLastIndex((other) => other.atMs <= atMs);
    this.#waiting.splice(before + 1, 0, { atMs, item });
  }

  get nextMs(): number | undefined {
    return this.#waiting[0]?.atMs;
  }

  takeDue(nowMs: number): readonly T[] {
    const later = this.#waiting.findIndex(({ atMs }) => atMs > nowMs);
    const due = this.#waiting.splice(0, later < 0 ? this.#waiting.length : later);
    return due.map(({ item }) => item);
  }

  clear(): void {
    this.#waiting.length = 0;
  }
}
