/** What lies behind a gap: how much was left out before it. */
export interface Cut {
  /** The first source number after what was left out. */
  readonly from: number;
  readonly packets: number;
  readonly pictures: number;
}

// A cut per gap, of which a stream has at most one per picture: ten seconds and more.
const KEPT_CUTS = 512;

/**
 * Numbers what is left of a sequence of packets anew, without holes. What never came keeps its place: it may come yet.
 * Both ways, from the source's extended numbers to the new ones and back, as far as the last cuts reach.
 */
export class Renumbering {
  readonly #cuts: Cut[] = [{ from: Number.NEGATIVE_INFINITY, packets: 0, pictures: 0 }];

  /** Leaves out a packet. They come in rising order; `isNewPicture`: the first one of its picture. */
  leaveOut(seq: number, isNewPicture: boolean): void {
    const last = this.#newest;
    const cut = { from: seq + 1, packets: last.packets + 1, pictures: last.pictures + (isNewPicture ? 1 : 0) };
    if (last.from === seq) this.#cuts.pop();
    this.#cuts.push(cut);
    if (this.#cuts.length > KEPT_CUTS) this.#cuts.shift();
  }

  /** The last cut before a source number; `undefined` when that is forgotten. */
  cutBefore(seq: number): Cut | undefined {
    const { from } = this.#newest;
    return seq >= from ? this.#newest : this.#cuts.findLast((cut) => cut.from <= seq);
  }

  /** The source number behind a new one. */
  sourceOf(number: number): number | undefined {
    const cut = this.#cuts.findLast(({ from, packets }) => from - packets <= number);
    return cut && number + cut.packets;
  }

  /** Whether this source number has a new one of its own. */
  has(seq: number): boolean {
    const cut = this.cutBefore(seq);
    return cut !== undefined && this.sourceOf(seq - cut.packets) === seq;
  }

  get #newest(): Cut {
    return this.#cuts.at(-1) ?? { from: 0, packets: 0, pictures: 0 };
  }
}
