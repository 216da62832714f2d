import type { NtpWords } from './capture-clock.ts';
import { timestampDelta } from './sequence.ts';

/** What a receiver report block says of one source (RFC 3550 section 6.4.1), in wire units. */
export interface ReceptionReport {
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly extHighestSeq: number;
  readonly jitter: number;
  readonly lastSr: number;
  readonly delaySinceLastSr: number;
}

const MAX_CUMULATIVE_LOST = 0x7fffff;

/** Loss and jitter of one source (RFC 3550 A.3 and A.8). Each packet counts once, however often it came. */
export class Reception {
  readonly #clockRate: number;
  #baseSeq = -1;
  /** What to take off an extended number for the wire, where the count of cycles starts at 0. */
  #cycleOffset = 0;
  #highestSeq = -1;
  #received = 0;
  #expectedPrior = 0;
  #receivedPrior = 0;
  #jitter = 0;
  #lastTransit = 0;
  #lastSr = 0;
  #lastSrMs = 0;
  #packetsBefore = 0;
  #lostBefore = 0;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  packet(extSeq: number, timestamp: number, nowMs: number): void {
    const isFirst = this.#baseSeq < 0;
    this.#received += 1;
    if (isFirst) this.#cycleOffset = extSeq - (extSeq & 0xffff);
    if (isFirst || extSeq < this.#baseSeq) this.#baseSeq = extSeq;
    if (extSeq <= this.#highestSeq) return;
    this.#highestSeq = extSeq;
    const transit = (Math.floor((nowMs * this.#clockRate) / 1000) - timestamp) | 0;
    if (!isFirst) this.#jitter += (Math.abs(timestampDelta(this.#lastTransit, transit)) - this.#jitter) / 16;
    this.#lastTransit = transit;
  }

  /** Remembers the middle 32 bits of the report's 64-bit NTP time: 1/65536 s. */
  senderReport({ ntpHigh, ntpLow }: NtpWords, nowMs: number): void {
    this.#lastSr = ((ntpHigh << 16) | (ntpLow >>> 16)) >>> 0;
    this.#lastSrMs = nowMs;
  }

  report(nowMs: number): ReceptionReport {
    const expected = this.#expected;
    const expectedNow = expected - this.#expectedPrior;
    const lostNow = expectedNow - (this.#received - this.#receivedPrior);
    this.#expectedPrior = expected;
    this.#receivedPrior = this.#received;
    const lost = expected - this.#received;
    return {
      fractionLost: expectedNow > 0 && lostNow > 0 ? Math.min(255, Math.floor((lostNow * 256) / expectedNow)) : 0,
      cumulativeLost: Math.max(-MAX_CUMULATIVE_LOST - 1, Math.min(MAX_CUMULATIVE_LOST, lost)),
      extHighestSeq: expected === 0 ? 0 : (this.#highestSeq - this.#cycleOffset) >>> 0,
      jitter: Math.floor(this.#jitter),
      lastSr: this.#lastSr,
      delaySinceLastSr: this.#lastSr === 0 ? 0 : Math.floor(((nowMs - this.#lastSrMs) * 65536) / 1000) >>> 0,
    };
  }

  get jitterMs(): number {
    return (this.#jitter * 1000) / this.#clockRate;
  }

  /** Over all sources so far. */
  get packets(): number {
    return this.#packetsBefore + this.#received;
  }

  get lost(): number {
    return this.#lostBefore + this.#expected - this.#received;
  }

  /** Another source begins. */
  reset(): void {
    this.#lostBefore = this.lost;
    this.#packetsBefore = this.packets;
    this.#baseSeq = -1;
    this.#highestSeq = -1;
    this.#received = 0;
    this.#expectedPrior = 0;
    this.#receivedPrior = 0;
    this.#jitter = 0;
    this.#lastSr = 0;
  }

  get #expected(): number {
    return this.#baseSeq < 0 ? 0 : this.#highestSeq - this.#baseSeq + 1;
  }
}
