import { timestampDelta } from './sequence.ts';

// A publisher whose clock seems to jump by more was replaced by another, or its clock was set.
const MAX_STEP_MS = 2000;

/** The NTP time of a sender report, as two words of 32 bits: seconds since 1900 and their fraction (RFC 3550 section 4). */
export interface NtpWords {
  readonly ntpHigh: number;
  readonly ntpLow: number;
}

/** Since 1900. */
export function ntpMsOf({ ntpHigh, ntpLow }: NtpWords): number {
  return ntpHigh * 1000 + (ntpLow / 2 ** 32) * 1000;
}

/**
 * Turns a publisher's NTP times into the caller's clock. One for all layers of a publisher: they then share one offset,
 * so that sound and picture keep the distance the publisher gave them.
 */
export class SenderClock {
  #offsetMs: number | undefined;

  toLocalMs(ntpMs: number, nowMs: number): number {
    if (this.#offsetMs === undefined || Math.abs(ntpMs + this.#offsetMs - nowMs) > MAX_STEP_MS) {
      this.#offsetMs = nowMs - ntpMs;
    }
    return ntpMs + this.#offsetMs;
  }
}

// Half of what a signed 32-bit difference of timestamps can hold.
const ANCHOR_REACH = 2 ** 30;

/** When the media of an RTP timestamp was captured, on the caller's clock. */
export class CaptureClock {
  readonly #clockRate: number;
  readonly #sender: SenderClock;
  #anchorTimestamp = 0;
  #anchorMs = 0;
  #isAnchored = false;

  constructor(clockRate: number, sender: SenderClock) {
    this.#clockRate = clockRate;
    this.#sender = sender;
  }

  /** Until a sender report comes, the first packet's arrival is the anchor. */
  packet(timestamp: number, nowMs: number): void {
    if (!this.#isAnchored) this.anchor(timestamp, nowMs);
    else if (timestampDelta(this.#anchorTimestamp, timestamp) > ANCHOR_REACH)
      this.anchor(timestamp, this.msOf(timestamp));
  }

  senderReport(ntp: NtpWords, timestamp: number, nowMs: number): void {
    // RFC 3550 section 6.4.1: a sender without a wall clock may say zero.
    if (ntp.ntpHigh === 0 && ntp.ntpLow === 0) return;
    this.anchor(timestamp, this.#sender.toLocalMs(ntpMsOf(ntp), nowMs));
  }

  msOf(timestamp: number): number {
    return this.#anchorMs + (timestampDelta(this.#anchorTimestamp, timestamp) * 1000) / this.#clockRate;
  }

  reset(): void {
    this.#isAnchored = false;
  }

  anchor(timestamp: number, ms: number): void {
    this.#anchorTimestamp = timestamp;
    this.#anchorMs = ms;
    this.#isAnchored = true;
  }
}
