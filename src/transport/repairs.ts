import type { Layer } from '../media/layer.ts';
import type { Packet } from '../media/packet.ts';
import type { CodecName, PayloadPlan } from '../media/plan.ts';
import type { LocatedPacket } from '../media/rewriter.ts';
import type { EgressTarget, FanOut } from './fan-out.ts';
import { ResendLimiter } from './resend-limiter.ts';

// A viewer gets again at most as many packets as it was sent, and no more than this at once: a forged flood of NACKs of
// a few KB would otherwise draw megabytes.
const MAX_RESENDS = 512;
// A browser never NACKs what came before the first packet it saw, and drops a keyframe whose parameters it has not: it
// asks for a new one, which an encoder deaf to that sends seconds later.
const JOINING_MS = 2000;
const MAX_REPEATED = 128;
const PADDING_WINDOW = 16;
// At once: a probe asks again every few milliseconds.
const MAX_PADDING_PACKETS = 48;

/** What one track of a viewer is sent a second time. */
export class Repairs {
  /** How many packets. */
  resent = 0;
  readonly #target: EgressTarget;
  readonly #payloads: ReadonlyMap<CodecName, PayloadPlan>;
  readonly #rtxSsrc: number;
  readonly #fanOut: Pick<FanOut, 'resend' | 'pad'>;
  readonly #limiter = new ResendLimiter();
  #rtxSeq: number;
  #mayResend = 0;
  /** What a viewer began with, until he goes over to something else. */
  #start: { readonly outSeq: number; readonly timestamp: number } | undefined;
  #startedMs = 0;
  #repeatedMs = Number.NEGATIVE_INFINITY;

  constructor(options: {
    target: EgressTarget;
    payloads: ReadonlyMap<CodecName, PayloadPlan>;
    rtxSsrc: number;
    fanOut: Pick<FanOut, 'resend' | 'pad'>;
    firstRtxSeq: number;
  }) {
    this.#target = options.target;
    this.#payloads = options.payloads;
    this.#rtxSsrc = options.rtxSsrc;
    this.#fanOut = options.fanOut;
    this.#rtxSeq = options.firstRtxSeq;
  }

  /** The viewer loses packets by chance, and often. */
  get isLossy(): boolean {
    return this.#limiter.isLossy;
  }

  /** So many packets went out for the first time. */
  sent(packets: number): void {
    this.#mayResend = Math.min(MAX_RESENDS, this.#mayResend + packets);
  }

  /**
   * A NACK (16-bit numbers). What is no longer cached, or was just sent again, is passed over; so is what is not of
   * `layer`, where that is given. Returns the bytes sent.
   */
  resend(seqs: readonly number[], layer: Layer | undefined, roundTripMs: number, nowMs: number): number {
    let bytes = 0;
    for (const seq of seqs) {
      const located = this.#target.rewriter.locate(seq);
      if (!located || (layer && located.layer !== layer)) continue;
      const packet = located.segment.point.get(located.extSeq);
      const payload = packet && this.#payloads.get(packet.codec);
      if (!packet || !payload) continue;
      for (let copies = this.#limiter.copies(located.outSeq, roundTripMs, nowMs); copies > 0; copies -= 1) {
        if (this.#mayResend === 0) return bytes;
        this.#mayResend -= 1;
        this.resent += 1;
        if (payload.rtxPt === undefined || !this.#target.hasRtx) {
          // The very same packet: a second one would count as a replay.
          bytes += this.#fanOut.resend(this.#target, { located, packet, payloadType: payload.pt }, nowMs);
          break;
        }
        bytes += this.#resendByRtx(located, packet, payload.rtxPt, nowMs);
      }
    }
    return bytes;
  }

  /** What is sent begins, or goes over to something else: then `first` is undefined. */
  began(first: Packet | undefined, nowMs: number): void {
    this.#start = first && { outSeq: this.#target.rewriter.seqOf(first), timestamp: first.timestamp };
    this.#startedMs = nowMs;
  }

  /** A viewer who just began asks for a keyframe: the picture he began with comes once more, as he may have lost its start. */
  repeatStart(roundTripMs: number, nowMs: number): void {
    const start = this.#start;
    const isJoining = nowMs - this.#startedMs <= JOINING_MS && nowMs - this.#repeatedMs >= roundTripMs;
    if (!start || !isJoining) return;
    this.#repeatedMs = nowMs;
    for (let outSeq = start.outSeq; outSeq < start.outSeq + MAX_REPEATED; outSeq += 1) {
      const located = this.#target.rewriter.locate(outSeq & 0xffff);
      const packet = located?.segment.point.get(located.extSeq);
      if (this.#mayResend === 0 || (packet && packet.timestamp !== start.timestamp)) return;
      const rtxPt = packet && this.#payloads.get(packet.codec)?.rtxPt;
      if (!packet || !located || rtxPt === undefined) continue;
      this.#mayResend -= 1;
      this.#resendByRtx(located, packet, rtxPt, nowMs);
    }
  }

  /** To see what the link carries: the newest packets once more, which may even mend a loss. */
  pad(bytes: number, nowMs: number): void {
    const { rewriter } = this.#target;
    const newest = rewriter.highestOut;
    let left = bytes;
    for (let back = 0; left > 0 && back < MAX_PADDING_PACKETS; back += 1) {
      const located = rewriter.locate((newest - (back % PADDING_WINDOW)) & 0xffff);
      const packet = located?.segment.point.get(located.extSeq);
      const rtxPt = packet && this.#payloads.get(packet.codec)?.rtxPt;
      if (!located || !packet || rtxPt === undefined) continue;
      left -= this.#resendByRtx(located, packet, rtxPt, nowMs);
    }
  }

  /** The same, where nothing is sent that would be worth repeating. Small packets: so they tell more of a thin link. */
  padWithNothing(bytes: number, nowMs: number): void {
    const rtxPt = [...this.#payloads.values()].find((payload) => payload.rtxPt !== undefined)?.rtxPt;
    if (rtxPt === undefined) return;
    let left = bytes;
    for (let count = 0; left > 0 && count < MAX_PADDING_PACKETS; count += 1) {
      left -= this.#fanOut.pad(this.#target, { payloadType: rtxPt, ssrc: this.#rtxSsrc, seq: this.#rtxSeq }, nowMs);
      this.#rtxSeq += 1;
    }
  }

  #resendByRtx(located: LocatedPacket, packet: Packet, payloadType: number, nowMs: number): number {
    const rtx = { ssrc: this.#rtxSsrc, seq: this.#rtxSeq };
    this.#rtxSeq += 1;
    return this.#fanOut.resend(this.#target, { located, packet, payloadType, rtx }, nowMs);
  }
}
