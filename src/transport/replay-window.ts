const WORDS = 32;
const SIZE = WORDS * 32;
const HALF = 32_768;

/** Which packet indexes of one SSRC were seen (RFC 3711 section 3.3.2). Ask first, mark only once authenticated. */
export class ReplayWindow {
  readonly #seen = new Uint32Array(WORDS);
  #highest = -1;

  /** RFC 3711 appendix A: the 48-bit index nearest to the highest one seen. Negative for what came before the first packet's cycle. */
  indexOf(seq: number): number {
    if (this.#highest < 0) return seq;
    const difference = ((seq - (this.#highest & 0xffff) + HALF) & 0xffff) - HALF;
    return this.#highest + difference;
  }

  isFresh(index: number): boolean {
    if (index < 0 || index <= this.#highest - SIZE) return false;
    return index > this.#highest || ((this.#seen[Math.floor(index / 32) % WORDS] ?? 0) & (1 << (index & 31))) === 0;
  }

  mark(index: number): void {
    if (index > this.#highest) this.#clear(this.#highest + 1, index);
    const word = Math.floor(index / 32) % WORDS;
    this.#seen[word] = (this.#seen[word] ?? 0) | (1 << (index & 31));
    this.#highest = Math.max(this.#highest, index);
  }

  #clear(from: number, to: number): void {
    if (to - from >= SIZE) {
      this.#seen.fill(0);
      return;
    }
    for (let index = from; index <= to; index += 1) {
      const word = Math.floor(index / 32) % WORDS;
      this.#seen[word] = (this.#seen[word] ?? 0) & ~(1 << (index & 31));
    }
  }
}
