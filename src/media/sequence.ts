/**
 * Sequence numbers. On the wire they have 16 bits and wrap; here they are "extended": ordinary numbers that only grow.
 */

/** The extended number nearest to `reference` whose low 16 bits are `seq`. */
export function extend(reference: number, seq: number): number {
  return reference + (((seq - reference) << 16) >> 16);
}

/** How far `to` lies ahead of `from`, both 32-bit RTP timestamps: negative when behind. */
export function timestampDelta(from: number, to: number): number {
  return (to - from) | 0;
}

// RFC 3550 A.1: a jump this large is a restarted sender, not loss.
const MAX_DROPOUT = 3000;

// More than the 100 of RFC 3550, since retransmissions come late.
const MAX_MISORDER = 2048;

/** Extends what one source sends and notices when it starts anew (RFC 3550 A.1). */
export class SequenceExtender {
  /** The highest so far, -1 before any packet. */
  highest = -1;
  /** Counts starts after the first one. */
  epoch = 0;
  #isFresh = true;
  #suspect = -1;

  /**
   * `undefined`: too old, or a jump that the next packet has yet to confirm. The first number of all lies between 65536
   * and 131071; that of a later epoch at least 32768 above all earlier ones: so late packets have a place too.
   */
  extend(seq: number): number | undefined {
    if (this.#isFresh) return this.#begin(seq);
    const extSeq = this.extendKnown(seq);
    if (extSeq !== undefined) {
      this.#suspect = -1;
      return extSeq;
    }
    if (seq === this.#suspect) {
      this.restart();
      return this.#begin(seq);
    }
    this.#suspect = (seq + 1) & 0xffff;
    return undefined;
  }

  /** The same for what only repeats: `undefined` where it is not near what came before. */
  extendKnown(seq: number): number | undefined {
    if (this.#isFresh) return undefined;
    const extSeq = extend(this.highest, seq);
    const delta = extSeq - this.highest;
    if (delta <= -MAX_MISORDER || delta >= MAX_DROPOUT) return undefined;
    if (delta > 0) this.highest = extSeq;
    return extSeq;
  }

  /** The next packet belongs to another source. */
  restart(): void {
    if (this.#isFresh) return;
    this.#isFresh = true;
    this.epoch += 1;
  }

  /** Goes on as another extender did, which gave this number in that epoch. */
  follow(extSeq: number, epoch: number): void {
    this.#isFresh = false;
    this.epoch = epoch;
    this.highest = Math.max(this.highest, extSeq);
  }

  #begin(seq: number): number {
    this.highest = this.highest < 0 ? seq + 65536 : extend(this.highest + 65536, seq);
    this.#isFresh = false;
    this.#suspect = -1;
    return this.highest;
  }
}
