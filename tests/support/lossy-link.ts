/** Seeded chance, so that a failure can be played again: xorshift32. Small seeds would begin with numbers near 0. */
export function seededRandom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e37_79b1) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** What a network does to datagrams on their way. */
export class LossyLink {
  readonly #random: () => number;
  readonly #loss: number;
  readonly #reorder: number;
  #held: (() => void) | undefined;

  constructor(options: { seed: number; loss?: number; reorder?: number }) {
    this.#random = seededRandom(options.seed);
    this.#loss = options.loss ?? 0;
    this.#reorder = options.reorder ?? 0;
  }

  /** Delivers now, after the next one, or never. */
  carry(deliver: () => void): void {
    if (this.#random() < this.#loss) return;
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined && this.#random() < this.#reorder) {
      this.#held = deliver;
      return;
    }
    deliver();
    held?.();
  }
}
