import { extend } from './sequence.ts';
import { writeTransportCc } from './transport-cc-packet.ts';

const INTERVAL_MS = 100;
const TICKS_PER_MS = 4;
const TICKS_PER_REFERENCE = 256;
const MAX_DELTA = 0x7fff;
// Power of two. A gap in sequence as long as this is not reported at all.
const MEMORY = 8192;
// Keeps a feedback below 1200 bytes whatever the pattern of loss: two bytes of delta and two chunks for each packet.
const MAX_RECEIVED = 190;
const NOT_RECEIVED = -1;

/** Arrival times of a publisher's packets by their transport-wide sequence number, and the feedback that tells them. */
export class TransportCcRecorder {
  readonly #senderSsrc: number;
  /** The SSRC of some media of the publisher; feedback is about all of them. */
  mediaSsrc: number;
  /** Arrivals in ticks of 250 us, by extended number. */
  readonly #arrivals = new Float64Array(MEMORY).fill(NOT_RECEIVED);
  #highest = -1;
  /** The first number the next feedback tells about. */
  #next = 0;
  #feedbackCount = 0;
  #lastFeedbackMs = Number.NEGATIVE_INFINITY;

  constructor(options: { senderSsrc: number; mediaSsrc: number }) {
    this.#senderSsrc = options.senderSsrc;
    this.mediaSsrc = options.mediaSsrc;
  }

  received(transportSeq: number, nowMs: number): void {
    const seq = this.#highest < 0 ? transportSeq + 65536 : extend(this.#highest, transportSeq);
    if (this.#highest < 0 || seq - this.#highest >= MEMORY) this.#startAt(seq);
    if (seq <= this.#highest - MEMORY) return;
    for (let gap = this.#highest + 1; gap <= seq; gap++) this.#arrivals[gap % MEMORY] = NOT_RECEIVED;
    if (this.#arrivals[seq % MEMORY] !== NOT_RECEIVED) return;
    this.#arrivals[seq % MEMORY] = Math.floor(nowMs * TICKS_PER_MS);
    this.#highest = Math.max(this.#highest, seq);
    // It was reported as lost: tell again from here on.
    if (seq < this.#next) this.#next = seq;
  }

  /** A whole RTCP packet about every 100 ms. Call until `undefined`: what is too much for one comes in several. */
  feedback(nowMs: number): Uint8Array | undefined {
    if (this.#next > this.#highest) return undefined;
    const isContinuation = this.#lastFeedbackMs === nowMs;
    if (!isContinuation && nowMs - this.#lastFeedbackMs < INTERVAL_MS) return undefined;
    this.#lastFeedbackMs = nowMs;
    this.#next = Math.max(this.#next, this.#highest - MEMORY + 1);
    const baseSeq = this.#next;
    const referenceTime = Math.floor(this.#firstArrival(baseSeq) / TICKS_PER_REFERENCE);
    const deltas = this.#takeDeltas(referenceTime * TICKS_PER_REFERENCE);
    const feedbackCount = this.#feedbackCount++ & 0xff;
    const { mediaSsrc } = this;
    return writeTransportCc({ senderSsrc: this.#senderSsrc, mediaSsrc, baseSeq, referenceTime, feedbackCount, deltas });
  }

  #startAt(seq: number): void {
    this.#arrivals.fill(NOT_RECEIVED);
    this.#highest = seq - 1;
    this.#next = seq;
  }

  /** The highest packet came, so there is one. */
  #firstArrival(from: number): number {
    let seq = from;
    while (seq < this.#highest && this.#arrivals[seq % MEMORY] === NOT_RECEIVED) seq += 1;
    return this.#arrivals[seq % MEMORY] ?? 0;
  }

  /** From `#next` on, up to the last received packet whose delta can be written. */
  #takeDeltas(reference: number): readonly (number | undefined)[] {
    const deltas: (number | undefined)[] = [];
    let previous = reference;
    let received = 0;
    let end = 0;
    for (let seq = this.#next; seq <= this.#highest && received < MAX_RECEIVED; seq++) {
      const arrival = this.#arrivals[seq % MEMORY] ?? NOT_RECEIVED;
      if (arrival === NOT_RECEIVED) {
        deltas.push(undefined);
        continue;
      }
      const delta = arrival - previous;
      if (Math.abs(delta) > MAX_DELTA) break;
      deltas.push(delta);
      previous = arrival;
      received += 1;
      end = deltas.length;
    }
    deltas.length = end;
    this.#next += end;
    return deltas;
  }
}
