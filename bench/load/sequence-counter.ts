const MAX_GAP = 10_000;

/** Every packet of one SSRC by its 16-bit number: which came, came late, came twice or never came. */
export class SequenceCounter {
  received = 0;
  duplicates = 0;
  reordered = 0;
  #first = -1;
  #next = -1;
  #uncounted = 0;
  readonly #missing = new Set<number>();

  get lost(): number {
    return this.#missing.size + this.#uncounted;
  }

  /** The extended number of the newest. */
  get highest(): number {
    return this.#next - 1;
  }

  push(seq: number): void {
    if (this.#next < 0) {
      this.#first = seq;
      this.#next = seq;
    }
    const distance = ((seq - this.#next) << 16) >> 16;
    if (distance < 0) {
      this.#pushOld(this.#next + distance);
      return;
    }
    if (distance > 0) this.#skip(distance);
    this.#next += 1;
    this.received += 1;
  }

  /** Counts from here on. */
  reset(): void {
    this.received = 0;
    this.duplicates = 0;
    this.reordered = 0;
    this.#uncounted = 0;
    this.#first = this.#next;
    this.#missing.clear();
  }

  #pushOld(seq: number): void {
    if (seq < this.#first) return;
    if (!this.#missing.delete(seq)) {
      this.duplicates += 1;
      return;
    }
    this.reordered += 1;
    this.received += 1;
  }

  #skip(distance: number): void {
    if (distance > MAX_GAP) this.#uncounted += distance;
    else for (let seq = this.#next; seq < this.#next + distance; seq += 1) this.#missing.add(seq);
    this.#next += distance;
  }
}
