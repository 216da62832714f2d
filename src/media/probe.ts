const DURATION_MS = 150;
// At low rates it takes longer to send enough packets to tell.
const MAX_DURATION_MS = 400;
const ENOUGH_PACKETS = 8;
const MIN_PACKETS = 5;
const PASSING_SHARE = 0.9;
const FAILING_SHARE = 0.7;
// A link that just became full carries this share of what was measured without a queue.
const FULL_SHARE = 0.9;
const PATIENCE_MS = 2000;
const FEELER_PACKETS = 6;
const FEELER_BYTES = 7000;

/** What the link was seen to carry: at least so much, or no more than that. */
export type ProbeOutcome = { readonly isPassed: boolean; readonly bps: number } | 'unknown';

/**
 * A short burst above the rate in use, to see whether the link carries it: media, and as much padding as is missing.
 * What it costs is bounded by its rate and time, and it ends at the first sign that the link is full.
 */
export class Probe {
  readonly targetBps: number;
  /** A few packets only, to see whether the rest would make a long queue. */
  readonly isFeeler: boolean;
  readonly #startedMs: number;
  #sentBytes = 0;
  #sentPackets = 0;
  #firstSeq = -1;
  #lastSeq = -1;
  #firstSentMs = 0;
  #lastSentMs = 0;
  #isSending = true;
  readonly #seen = { packets: 0, bytes: 0, firstMs: 0, lastMs: 0, lastSeq: -1, spanMs: 0 };

  constructor(targetBps: number, nowMs: number, isFeeler = false) {
    this.targetBps = targetBps;
    this.isFeeler = isFeeler;
    this.#startedMs = nowMs;
  }

  /** How many bytes of padding are to be sent now. */
  due(nowMs: number): number {
    const elapsedMs = nowMs - this.#startedMs;
    const isEnough = elapsedMs > DURATION_MS && this.#sentPackets >= ENOUGH_PACKETS;
    const isFelt = this.isFeeler && this.#sentPackets >= FEELER_PACKETS;
    if (isEnough || isFelt || elapsedMs > MAX_DURATION_MS) this.#isSending = false;
    if (!this.#isSending) return 0;
    const most = this.isFeeler ? FEELER_BYTES : Number.POSITIVE_INFINITY;
    return Math.max(0, Math.min(most, (this.targetBps * elapsedMs) / 8000) - this.#sentBytes);
  }

  /** Everything that goes out, media and padding. */
  sent(seq: number, bytes: number, nowMs: number): void {
    if (!this.#isSending) return;
    if (this.#firstSeq < 0) {
      this.#firstSeq = seq;
      this.#firstSentMs = nowMs;
    }
    this.#lastSeq = seq;
    this.#lastSentMs = nowMs;
    this.#sentBytes += bytes;
    this.#sentPackets += 1;
  }

  /** What became of a packet; `arrivedMs` on the receiver's clock, `undefined` when it was lost. */
  told(seq: number, bytes: number, sentMs: number, arrivedMs: number | undefined): void {
    if (seq < this.#firstSeq || seq > this.#lastSeq) return;
    const seen = this.#seen;
    seen.lastSeq = Math.max(seen.lastSeq, seq);
    if (arrivedMs === undefined) return;
    if (seen.packets === 0) seen.firstMs = arrivedMs;
    // The first one only starts the clock.
    else seen.bytes += bytes;
    seen.packets += 1;
    seen.lastMs = Math.max(seen.lastMs, arrivedMs);
    seen.spanMs = sentMs - this.#firstSentMs;
  }

  /** `undefined` while it is open. */
  outcome(nowMs: number): ProbeOutcome | undefined {
    const { packets, bytes, lastSeq, spanMs } = this.#seen;
    const isWhole = !this.#isSending && this.#lastSeq >= 0 && lastSeq >= this.#lastSeq;
    const isOverdue = nowMs - Math.max(this.#startedMs, this.#lastSentMs) > PATIENCE_MS;
    const arrivalMs = this.#seen.lastMs - this.#seen.firstMs;
    if (packets >= MIN_PACKETS && (spanMs > 0 || this.isFeeler) && arrivalMs > 0) {
      const share = spanMs / arrivalMs;
      const receivedBps = (bytes * 8000) / Math.max(arrivalMs, spanMs);
      // What goes out by a clock that ticks late goes out faster than it should, and comes no faster than the link.
      const carries = (least: number) => share >= least || receivedBps >= this.targetBps * least;
      // What was lost at its end is told of with what is sent next, which may take long.
      if (isWhole || isOverdue) {
        const isPassed = carries(this.isFeeler ? FAILING_SHARE : PASSING_SHARE);
        return { isPassed, bps: isPassed ? receivedBps : receivedBps * FULL_SHARE };
      }
      if (!carries(FAILING_SHARE)) {
        this.#isSending = false;
        return { isPassed: false, bps: receivedBps * FULL_SHARE };
      }
    }
    return isWhole || isOverdue ? 'unknown' : undefined;
  }
}
