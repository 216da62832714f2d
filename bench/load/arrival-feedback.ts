import { writeTransportCc } from '../../src/media/transport-cc-packet.ts';

const TICK_US = 250;
const TICKS_PER_REFERENCE = 256;
const MAX_DELTA = 0x7fff;
const MAX_PACKETS = 1000;

/** When the packets of one viewer came, as a browser tells it (transport-wide congestion control). Loss leaves a gap. */
export class ArrivalFeedback {
  readonly #senderSsrc: number;
  #baseSeq = 0;
  /** Of each number from the base on, in ticks. */
  readonly #arrivals: (number | undefined)[] = [];
  #count = 0;

  constructor(senderSsrc: number) {
    this.#senderSsrc = senderSsrc;
  }

  received(seq: number, arrivedUs: number): void {
    if (this.#arrivals.length === 0) this.#baseSeq = seq;
    const index = (seq - this.#baseSeq) & 0xffff;
    // Late ones lie before the base.
    if (index < MAX_PACKETS) this.#arrivals[index] = Math.floor(arrivedUs / TICK_US);
  }

  /** What came since the last one, as an RTCP packet. */
  take(mediaSsrc: number): Uint8Array | undefined {
    const [first] = this.#arrivals;
    if (first === undefined) return undefined;
    const referenceTime = Math.floor(first / TICKS_PER_REFERENCE);
    let previous = referenceTime * TICKS_PER_REFERENCE;
    const deltas = Array.from(this.#arrivals, (arrival) => {
      if (arrival === undefined) return undefined;
      const delta = Math.max(-MAX_DELTA, Math.min(arrival - previous, MAX_DELTA));
      previous = arrival;
      return delta;
    });
    this.#arrivals.length = 0;
    this.#count += 1;
    return writeTransportCc({
      senderSsrc: this.#senderSsrc,
      mediaSsrc,
      baseSeq: this.#baseSeq,
      referenceTime,
      feedbackCount: this.#count,
      deltas,
    });
  }
}
