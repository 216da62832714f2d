const PREFIX_BYTES = 2;
const NOTHING = Buffer.alloc(0);

/**
 * Packets out of a byte stream (RFC 4571): each comes behind its length in two bytes. Sans-IO; keeps less than one
 * frame between chunks.
 */
export class FrameReader {
  readonly #maxBytes: number;
  #rest: Uint8Array = NOTHING;
  #isBroken = false;

  constructor(options: { maxBytes: number }) {
    this.#maxBytes = options.maxBytes;
  }

  /** A frame was longer than allowed: whoever writes that speaks something else, and nothing more is read. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** What came next. All that `next` gives must be taken before the next chunk. */
  add(chunk: Uint8Array): void {
    if (this.#isBroken) return;
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /** The next whole packet, a part of the chunk; `undefined` when more must come first. Empty packets are passed over. */
  next(): Uint8Array | undefined {
    while (this.#rest.length >= PREFIX_BYTES) {
      const length = ((this.#rest[0] ?? 0) << 8) | (this.#rest[1] ?? 0);
      if (length > this.#maxBytes) return this.#break();
      if (this.#rest.length < PREFIX_BYTES + length) break;
      const packet = this.#rest.subarray(PREFIX_BYTES, PREFIX_BYTES + length);
      this.#rest = this.#rest.subarray(PREFIX_BYTES + length);
      if (length > 0) return packet;
    }
    // Of its own, so that a few bytes do not keep a whole chunk.
    this.#rest = this.#rest.length === 0 ? NOTHING : Uint8Array.from(this.#rest);
    return undefined;
  }

  #break(): undefined {
    this.#isBroken = true;
    this.#rest = NOTHING;
  }
}
