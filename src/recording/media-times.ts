import { timestampDelta } from '../media/sequence.ts';

/** Two clocks that differ by more have been set: there is no point in getting closer by and by. */
const JUMP_MS = 250;
/** How much of a difference goes with each frame: unheard and unseen. */
const STEP_MS = 0.5;
/** The first reports of a sender come so late after its first packets, whose arrival says little. */
const SETTLING_MS = 10_000;
/** From report to report a sender's clock is not more exact. */
const SETTLED_WITHIN_MS = 20;
const LEAST_MS = 1;

/**
 * When the frames of one layer were captured, from RTP timestamps. Each frame is as far from the one before as its sender
 * says; the sender's clock is drawn to the clock that is shared by sound and picture: at once when it is new, and then a little
 * with each frame.
 */
export class MediaTimes {
  readonly #clockRate: number;
  #anchor: { readonly timestamp: number; readonly ms: number } | undefined;
  #last: { readonly timestamp: number; readonly epoch: number; readonly ms: number } | undefined;
  #settledMs = 0;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** The media of this timestamp was captured then, as the sender's reports say. */
  captured(timestamp: number, ms: number): void {
    this.#anchor = { timestamp, ms };
  }

  /** In ms on the clock of `captured`; until something is known of it, that of the arrival. */
  msOf(frame: { timestamp: number; epoch: number; arrivedMs: number }): number {
    const { timestamp, epoch, arrivedMs } = frame;
    const last = this.#last;
    const isNew = last?.epoch !== epoch;
    if (isNew) this.#settledMs = arrivedMs + SETTLING_MS;
    const shared = this.#sharedMs(timestamp, isNew ? arrivedMs : undefined);
    const ms =
      isNew || !last
        ? (shared ?? arrivedMs)
        : this.#next(last.ms, this.#spanMs(last.timestamp, timestamp), shared, arrivedMs);
    this.#last = { timestamp, epoch, ms };
    return ms;
  }

  #next(lastMs: number, spanMs: number, shared: number | undefined, arrivedMs: number): number {
    const own = lastMs + spanMs;
    if (shared === undefined) return own;
    const difference = shared - own;
    const jumpMs = arrivedMs < this.#settledMs ? SETTLED_WITHIN_MS : JUMP_MS;
    if (Math.abs(difference) <= jumpMs) return own + Math.max(-STEP_MS, Math.min(STEP_MS, difference));
    // Back in time no frame may go that was sent as a later one.
    return spanMs > 0 ? Math.max(shared, lastMs + Math.min(spanMs, LEAST_MS)) : shared;
  }

  /** A clock of another source says nothing of this one: what comes is too far from it. */
  #sharedMs(timestamp: number, arrivedMs: number | undefined): number | undefined {
    if (!this.#anchor) return undefined;
    const ms = this.#anchor.ms + this.#spanMs(this.#anchor.timestamp, timestamp);
    const isStale = arrivedMs !== undefined && Math.abs(ms - arrivedMs) > 10_000;
    return isStale ? undefined : ms;
  }

  #spanMs(from: number, to: number): number {
    return (timestampDelta(from, to) * 1000) / this.#clockRate;
  }
}
