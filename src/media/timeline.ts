import type { Packet } from './packet.ts';
import { timestampDelta } from './sequence.ts';

// Of pictures at any rate each keeps a time of its own.
const LEAST_SHARE = 1 / 64;

/**
 * The timestamps of one source as a viewer gets them: moved by `offset`, but those before `squeezedUntil` drawn together,
 * to `share` of their distance from it. What is sent faster than it was made then seems to have been made as fast: a
 * receiver that sees seconds of media arrive at once takes its clock for a fast one, and shows pictures too early for
 * their sound for half a minute (seen in Chromium).
 */
export class Timeline {
  readonly offset: number;
  readonly #squeezedUntil: number;
  readonly #share: number;
  /** From this number of the source on nothing is squeezed: the comparison of timestamps itself wraps after hours. */
  #plainFrom = Number.POSITIVE_INFINITY;

  private constructor(offset: number, squeezedUntil: number, share: number) {
    this.offset = offset;
    this.#squeezedUntil = squeezedUntil;
    this.#share = share;
  }

  /**
   * At `start` for the source's `first`, where that is later than the offset makes it, and no longer squeezed from `until`
   * on, or from as soon after as leaves each picture a time of its own.
   */
  static from(options: { offset: number; first: number; start: number; until: number }): Timeline {
    const { offset, first, start, until } = options;
    const missing = Math.max(0, timestampDelta(first + offset, start));
    const span = Math.max(timestampDelta(first, until), Math.ceil(missing / (1 - LEAST_SHARE)));
    return missing === 0 ? new Timeline(offset, first, 1) : new Timeline(offset, first + span, 1 - missing / span);
  }

  of({ timestamp, extSeq }: Packet): number {
    const moved = timestamp + this.offset;
    const early = extSeq >= this.#plainFrom ? 0 : timestampDelta(timestamp, this.#squeezedUntil);
    return (early > 0 ? moved + early - Math.floor(early * this.#share) : moved) >>> 0;
  }

  sent({ timestamp, extSeq }: Packet): void {
    if (extSeq < this.#plainFrom && timestampDelta(this.#squeezedUntil, timestamp) >= 0) this.#plainFrom = extSeq;
  }

  /** The same for the packets from `first` on, which count in another way. */
  goOn(first: Packet): Timeline {
    const isPlain = this.#plainFrom !== Number.POSITIVE_INFINITY;
    return isPlain
      ? new Timeline(this.offset, first.timestamp, 1)
      : new Timeline(this.offset, this.#squeezedUntil, this.#share);
  }
}
