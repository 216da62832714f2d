import { extend } from './sequence.ts';
import { writeTransportCc } from './transport-cc-packet.ts';

const intervalMs = 100;
const ticksPerMs = 4;
const ticksPerReference = 256;
const maxDelta = 0x7fff;
// Power of two. A gap in sequence as long as this is not reported at all.
const memory = 8192;
// Keeps a feedback below 1200 bytes whatever the pattern of loss: two bytes of delta and two chunks for each packet.
const maxReceived = 190;
const notReceived = -1;

/** Arrival times of a publisher's packets by their transport-wide sequence number, and the feedback that tells them. */
export class TransportCcRecorder {
  readonly #senderSsrc: number;
  /** The SSRC of some media of the publisher; feedback is about all of them. */
  mediaSsrc: number;
  /** Arrivals in ticks of 250 us, by extended number. */
  readonly #arrivals = new Float64Array(memory).fill(notReceived);
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
    if (this.#highest < 0 || seq - this.#highest >= memory) this.#startAt(seq);
    if (seq <= this.#highest - memory) return;
    for (let gap = this.#highest + 1; gap <= seq; gap++) this.#arrivals[gap % memory] = notReceived;
    if (this.#arrivals[seq % memory] !== notReceived) return;
    this.#arrivals[seq % memory] = Math.floor(nowMs * ticksPerMs);
    this.#highest = Math.max(this.#highest, seq);
    // It was reported as lost: tell again from here on.
    if (seq < this.#next) this.#next = seq;
  }

  /** A whole RTCP packet about every 100 ms. Call until `undefined`: what is too much for one comes in several. */
  feedback(nowMs: number): Uint8Array | undefined {
    if (this.#next > this.#highest) return undefined;
    const isContinuation = this.#lastFeedbackMs === nowMs;
    if (!isContinuation && nowMs - this.#lastFeedbackMs < intervalMs) return undefined;
    this.#lastFeedbackMs = nowMs;
    this.#next = Math.max(this.#next, this.#highest - memory + 1);
    const baseSeq = this.#next;
    const referenceTime = Math.floor(this.#firstArrival(baseSeq) / ticksPerReference);
    const deltas = this.#takeDeltas(referenceTime * ticksPerReference);
    const feedbackCount = this.#feedbackCount++ & 0xff;
    const { mediaSsrc } = this;
    return writeTransportCc({ senderSsrc: this.#senderSsrc, mediaSsrc, baseSeq, referenceTime, feedbackCount, deltas });
  }

  #startAt(seq: number): void {
    this.#arrivals.fill(notReceived);
    this.#highest = seq - 1;
    this.#next = seq;
  }

  /** The highest packet came, so there is one. */
  #firstArrival(from: number): number {
    let seq = from;
    while (seq < this.#highest && this.#arrivals[seq % memory] === notReceived) seq += 1;
    return this.#arrivals[seq % memory] ?? 0;
  }

  /** From `#next` on, up to the last received packet whose delta can be written. */
  #takeDeltas(reference: number): readonly (number | undefined)[] {
    const deltas: (number | undefined)[] = [];
    let previous = reference;
    let received = 0;
    let end = 0;
    for (let seq = this.#next; seq <= this.#highest && received < maxReceived; seq++) {
      const arrival = this.#arrivals[seq % memory] ?? notReceived;
      if (arrival === notReceived) {
        deltas.push(undefined);
        continue;
      }
      const delta = arrival - previous;
      if (Math.abs(delta) > maxDelta) break;
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
