import type { Packet } from './packet.ts';
import { timestampDelta } from './sequence.ts';

// A power of two. Of pictures at any rate each keeps a time of its own.
const SQUEEZE_BITS = 6;

/**
 * The timestamps of one source as a viewer gets them: moved by `offset`, but those before `squeezedUntil` drawn together.
 * What is sent faster than it was made seems to have been made as fast: a receiver that sees seconds of media arrive at
 * once takes its clock for a fast one, and shows pictures too early for their sound for half a minute (seen in Chromium).
 */
export class Timeline {
  readonly offset: number;
  readonly #squeezedUntil: number;
  /** From this number of the source on nothing is squeezed: the comparison of timestamps itself wraps after hours. */
  #plainFrom = Number.POSITIVE_INFINITY;

  constructor(options: { offset: number; squeezedUntil: number }) {
    this.offset = options.offset;
    this.#squeezedUntil = options.squeezedUntil;
  }

  /** One with this offset that is at `start` for the source's timestamp `first`; later where no squeezing is needed. */
  static from(options: { first: number; start: number; offset: number }): Timeline {
    const { first, start, offset } = options;
    const missing = Math.max(0, timestampDelta(first + offset, start));
    const span = Math.floor(missing / (1 - 2 ** -SQUEEZE_BITS));
    return new Timeline({ offset, squeezedUntil: first + span });
  }

  of({ timestamp, extSeq }: Packet): number {
    const moved = timestamp + this.offset;
    const early = extSeq >= this.#plainFrom ? 0 : timestampDelta(timestamp, this.#squeezedUntil);
    return (early > 0 ? moved + early - (early >> SQUEEZE_BITS) : moved) >>> 0;
  }

  sent({ timestamp, extSeq }: Packet): void {
    if (extSeq < this.#plainFrom && timestampDelta(this.#squeezedUntil, timestamp) >= 0) this.#plainFrom = extSeq;
  }

  /** The same for the packets from `first` on, which count in another way. */
  goOn(first: Packet): Timeline {
    const isPlain = this.#plainFrom !== Number.POSITIVE_INFINITY;
    return new Timeline({ offset: this.offset, squeezedUntil: isPlain ? first.timestamp : this.#squeezedUntil });
  }
}
