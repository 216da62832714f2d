/** Reads bits from the most significant on. Past the end it reads zeros and `isExhausted` turns true. */
export class BitReader {
  isExhausted = false;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  /** `start` and `end` in bytes. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start * 8;
    this.#end = Math.min(end, bytes.length) * 8;
  }

  bit(): number {
    if (this.#at >= this.#end) {
      this.isExhausted = true;
      return 0;
    }
    const byte = this.#bytes[this.#at >> 3] ?? 0;
    const bit = (byte >> (7 - (this.#at & 7))) & 1;
    this.#at += 1;
    return bit;
  }

  flag(): boolean {
    return this.bit() === 1;
  }

  /** Unsigned, up to 32 bits. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }

  skip(count: number): void {
    this.#at += count;
    if (this.#at > this.#end) this.isExhausted = true;
  }

  /** Exp-Golomb `ue(v)` of H.264, the same code as AV1's `uvlc()`. */
  unsignedGolomb(): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros += 1;
      if (this.isExhausted || zeros > 31) {
        this.isExhausted = true;
        return 0;
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** Exp-Golomb `se(v)`. */
  signedGolomb(): number {
    const code = this.unsignedGolomb();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}
