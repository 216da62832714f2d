import type { NtpWords } from './capture-clock.ts';
import { ntpMsOf } from './capture-clock.ts';
import { ClockDrift } from './clock-drift.ts';
import { B_PICTURE_BIT, SILENCE_BIT } from './codecs/payload-facts.ts';
import { FramePace } from './frame-pace.ts';
import type { Packet } from './packet.ts';
import { RateMeter } from './rate-meter.ts';
import { SenderCounts } from './sender-counts.ts';
import { timestampDelta } from './sequence.ts';
import type { LayerStats } from './stats.ts';

// A single one may be a payload that was misread.
const MIN_B_PICTURES = 2;

export interface SenderReport extends NtpWords {
  readonly rtpTimestamp: number;
  readonly octetCount: number;
}

export type Measures = Pick<
  LayerStats,
  | 'bitrateBps'
  | 'framesPerSecond'
  | 'hasBFrames'
  | 'frames'
  | 'skippedFrames'
  | 'silentPackets'
  | 'senderReports'
  | 'sentBytes'
  | 'arrivedBytes'
  | 'clockPpm'
>;

/** What an encoder makes, as its packets and reports show it: how much, how regular, how true to its clock. */
export class LayerMeter {
  readonly #bitrate = new RateMeter();
  readonly #frameRate = new RateMeter();
  readonly #bPictures = new RateMeter();
  readonly #pace: FramePace;
  readonly #counts = new SenderCounts();
  readonly #drift: ClockDrift;
  #silentPackets = 0;

  constructor(clockRate: number) {
    this.#pace = new FramePace(clockRate);
    this.#drift = new ClockDrift(clockRate);
  }

  /** `facts`: the bits of its payload. `before`: the one with the sequence number before, if it came. */
  packet(packet: Packet, facts: number, before: Packet | undefined): void {
    const { length, arrivedMs, timestamp } = packet;
    this.#bitrate.add(length * 8, arrivedMs);
    this.#counts.packet(length);
    if ((facts & B_PICTURE_BIT) !== 0) this.#bPictures.add(1, arrivedMs);
    if ((facts & SILENCE_BIT) !== 0) this.#silentPackets += 1;
    if (packet.isFrameStart && before) this.#pace.frame(timestampDelta(before.timestamp, timestamp));
    if (packet.isFrameStart) this.#frameRate.add(1, arrivedMs);
  }

  senderReport({ ntpHigh, ntpLow, rtpTimestamp, octetCount }: SenderReport): void {
    this.#counts.report(octetCount);
    if (ntpHigh !== 0 || ntpLow !== 0) this.#drift.report(ntpMsOf({ ntpHigh, ntpLow }), rtpTimestamp);
  }

  bitrateBps(nowMs: number): number {
    return Math.round(this.#bitrate.perSecond(nowMs));
  }

  measures(nowMs: number): Measures {
    const clockPpm = this.#drift.ppm;
    return {
      bitrateBps: this.bitrateBps(nowMs),
      framesPerSecond: Math.round(this.#frameRate.perSecond(nowMs) * 10) / 10,
      hasBFrames: this.#bPictures.perSecond(nowMs) >= MIN_B_PICTURES,
      frames: this.#pace.frames,
      skippedFrames: this.#pace.skipped,
      silentPackets: this.#silentPackets,
      senderReports: this.#counts.reports,
      sentBytes: this.#counts.sentBytes,
      arrivedBytes: this.#counts.arrivedBytes,
      ...(clockPpm !== undefined && { clockPpm: Math.round(clockPpm) }),
    };
  }

  /** Another source begins. */
  reset(): void {
    this.#counts.reset();
    this.#drift.reset();
  }
}
