import { extend } from './sequence.ts';
import { readTransportCc } from './transport-cc-feedback.ts';

// Power of two. Four seconds of 2.5 Mbit/s; feedback comes many times a second.
const MEMORY = 1024;
const NONE = -1;

/**
 * Which packets of a receiver were lost, by its transport-wide feedback: a NACK may be lost as well, and is repeated only
 * after a round trip. A packet that was sent again since, or of which one copy came, is none of them.
 */
export class LossReports {
  #next = 65_536;
  /** By transport-wide number: the number in the viewer's stream. */
  readonly #outSeqs = new Int32Array(MEMORY).fill(NONE);
  /** By number in the viewer's stream: under which transport-wide number it went out last, and that it came. */
  readonly #last = new Int32Array(MEMORY).fill(NONE);
  readonly #came = new Int32Array(MEMORY).fill(NONE);

  /** A packet goes out, the first time or again. `wideSeq`: its transport-wide number, 16 bits. */
  sent(wideSeq: number, outSeq: number): void {
    const seq = extend(this.#next, wideSeq);
    this.#next = seq + 1;
    this.#outSeqs[seq % MEMORY] = outSeq;
    this.#last[outSeq % MEMORY] = seq;
  }

  /** `raw`: the feedback from its base sequence number on. Returns numbers of the viewer's stream, 16 bits. */
  lost(raw: Uint8Array): readonly number[] {
    const report = readTransportCc(raw);
    if (report === undefined) return [];
    const lost: number[] = [];
    let seq = extend(this.#next - 1, report.baseSeq);
    for (const arrivalMs of report.arrivalsMs) {
      const outSeq = this.#outSeqOf(seq);
      if (outSeq !== NONE && arrivalMs !== undefined) this.#came[outSeq % MEMORY] = outSeq;
      if (outSeq !== NONE && arrivalMs === undefined && this.#isMissing(seq, outSeq)) lost.push(outSeq & 0xffff);
      seq += 1;
    }
    return lost;
  }

  #outSeqOf(seq: number): number {
    const isKnown = seq >= 0 && seq < this.#next && seq >= this.#next - MEMORY;
    return isKnown ? (this.#outSeqs[seq % MEMORY] ?? NONE) : NONE;
  }

  #isMissing(seq: number, outSeq: number): boolean {
    return this.#last[outSeq % MEMORY] === seq && this.#came[outSeq % MEMORY] !== outSeq;
  }
}
