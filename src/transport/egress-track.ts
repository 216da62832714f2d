import type { Layer } from '../media/layer.ts';
import type { Packet } from '../media/packet.ts';
import type { CodecName, EgressTrackPlan, PayloadPlan } from '../media/plan.ts';
import { type LocatedPacket, Rewriter } from '../media/rewriter.ts';
import { CatchUp, isClear } from './catch-up.ts';
import type { Destination } from './datagram-writer.ts';
import type { CongestionControl, EgressTarget, FanOut } from './fan-out.ts';
import { PacketBatch } from './packet-batch.ts';
import { ResendLimiter } from './resend-limiter.ts';
import type { SrtpTransform } from './srtp-transform.ts';

// A group is replayed in chunks a millisecond apart: some 30 KB each, so that no receive buffer overflows.
const REPLAY_CHUNK = 24;
// A browser sends a keyframe when asked, and hardly ever else: its group may hold more than a thin link takes in seconds.
// Two seconds are what encoders are set to.
const REPLAY_FRESH_MS = 2_500;
// An encoder that is deaf to the request leaves the choice between an older group and no picture.
const KEYFRAME_PATIENCE_MS = 600;
/** Older or larger groups are not replayed: catching up would take longer than the next keyframe. */
const REPLAY_MAX_AGE_MS = 10_000;
const SWITCH_MAX_AGE_MS = 200;
const REPLAY_MAX_BYTES = 3 * 1024 * 1024;
// Catching up takes some 50 ms. Where a thread is so busy that it takes longer, it could last for ever.
const REPLAY_PATIENCE_MS = 500;
// A browser never NACKs what came before the first packet it saw, and drops a keyframe whose parameters it has not: it
// asks for a new one, which an encoder deaf to that sends seconds later.
const JOINING_MS = 2000;
const MAX_REPEATED = 128;
// A viewer gets again at most as many packets as it was sent, and no more than this at once: a forged flood of NACKs of
// a few KB would otherwise draw megabytes.
const MAX_RESENDS = 512;
const PADDING_WINDOW = 16;
// At once: a probe asks again every few milliseconds.
const MAX_PADDING_PACKETS = 48;

/**
 * One track of one viewer: from the cached group of pictures to live packets, and from source to source.
 * `waiting`: for the first packet of a group of `wanted`; `replaying`: at `cursor` in the cache; `live`: in step.
 */
export class EgressTrack implements EgressTarget {
  readonly plan: EgressTrackPlan;
  readonly cipher: SrtpTransform;
  readonly rewriter: Rewriter;
  readonly ssrc: number;
  readonly hasRtx: boolean;
  readonly congestion: CongestionControl | undefined;
  destination: Destination;
  packetsSent = 0;
  octetsSent = 0;
  /** Packets sent again. */
  resent = 0;
  readonly #fanOut: Pick<FanOut, 'send' | 'resend'>;
  readonly #payloads = new Map<CodecName, PayloadPlan>();
  readonly #limiter = new ResendLimiter();
  readonly #catchUp: CatchUp;
  // Of the packet before: the codec changes once in a stream, if ever.
  #codec: CodecName | undefined;
  #payloadType = -1;
  #state: 'waiting' | 'replaying' | 'live' = 'waiting';
  #layer: Layer | undefined;
  #epoch = 0;
  #wanted: Layer | undefined;
  #wantedSinceMs = 0;
  #firstSeq = 0;
  #cursor = 0;
  #replaySinceMs = 0;
  #start: Packet | undefined;
  #startedMs = 0;
  #repeatedMs = Number.NEGATIVE_INFINITY;
  #rtxSeq: number;
  #mayResend = 0;
  #lacksCodec = false;

  constructor(options: {
    plan: EgressTrackPlan;
    cipher: SrtpTransform;
    destination: Destination;
    fanOut: Pick<FanOut, 'send' | 'resend'>;
    /** Both below 32768: the receiver's first guess of the rollover counter is 0. */
    firstSeq: number;
    firstRtxSeq: number;
    /** Needs RTX: a packet can not be sent again as it was when it has a number of its own. */
    congestion?: CongestionControl | undefined;
  }) {
    this.plan = options.plan;
    this.cipher = options.cipher;
    this.destination = options.destination;
    this.ssrc = options.plan.ssrc;
    this.#fanOut = options.fanOut;
    this.#catchUp = new CatchUp(options.plan.kind);
    this.#rtxSeq = options.firstRtxSeq;
    for (const payload of options.plan.payloads) {
      if (!this.#payloads.has(payload.codec.name)) this.#payloads.set(payload.codec.name, payload);
    }
    this.hasRtx = options.plan.payloads.every(({ rtxPt }) => rtxPt !== undefined);
    this.congestion = this.hasRtx ? options.congestion : undefined;
    const clockRate = options.plan.payloads[0]?.codec.clockRate ?? 90_000;
    this.rewriter = new Rewriter({ clockRate, firstSeq: options.firstSeq });
  }

  /** What is being sent now. */
  get layer(): Layer | undefined {
    return this.#layer;
  }

  /** Whether the packets last sent and the layer's newest have a common clock. */
  get isInStep(): boolean {
    return this.#layer !== undefined && this.#epoch === this.#layer.epoch;
  }

  /** The viewer offered no payload type for what it is to be sent: without a word it would see its last picture for ever. */
  get lacksCodec(): boolean {
    return this.#lacksCodec;
  }

  get isReplaying(): boolean {
    return this.#state === 'replaying';
  }

  payloadTypeOf(packet: Packet): number {
    if (packet.codec !== this.#codec) {
      this.#codec = packet.codec;
      this.#payloadType = this.#payloads.get(packet.codec)?.pt ?? -1;
    }
    return this.#payloadType;
  }

  /**
   * Go over to this layer: by its cached group when there is a fresh one, else at its next keyframe, with what was sent
   * so far going on until then. True when a keyframe has to be asked for.
   */
  follow(layer: Layer, nowMs: number): boolean {
    const isNew = this.want(layer, nowMs);
    if (this.#catchUp.isBehind) return this.#catchUp.mayAsk(this.destination.backlog, nowMs);
    const isDeaf = this.#layer === undefined && nowMs - this.#wantedSinceMs >= KEYFRAME_PATIENCE_MS;
    if (layer.kind === 'audio' || !(isNew || isDeaf)) return false;
    // It had been about to leave this layer and stays.
    if (layer === this.#layer && this.isInStep && this.#state !== 'waiting') return false;
    const start = layer.groupStart();
    const first = start === undefined ? undefined : layer.cache.get(start);
    // Timestamps can not run back, so what is replayed in mid-stream delays all that follows.
    const freshMs = isDeaf ? REPLAY_MAX_AGE_MS : REPLAY_FRESH_MS;
    const maxAgeMs = this.#layer ? SWITCH_MAX_AGE_MS : freshMs;
    const isFresh = nowMs - layer.groupStartedMs <= maxAgeMs && layer.groupBytes <= REPLAY_MAX_BYTES;
    if (!first || !isFresh) return true;
    if (!this.#canSend(first)) return false;
    this.#begin(first, nowMs);
    this.#state = 'replaying';
    this.#cursor = first.extSeq;
    this.#replaySinceMs = nowMs;
    return false;
  }

  /** Go over to this layer at its next group. False when that is settled already. */
  want(layer: Layer, nowMs: number): boolean {
    if (this.#wanted === layer) return false;
    this.#wanted = layer;
    this.#wantedSinceMs = nowMs;
    this.#lacksCodec = false;
    return true;
  }

  /** Nothing more of the present layer: what a link cannot carry would only hold up the keyframe of the next one. */
  stop(): void {
    this.#state = 'waiting';
  }

  /** The next chunk of the group. The caller has flushed the layer before: nothing that is cached is still to be sent. */
  replay(nowMs: number): void {
    const layer = this.#layer;
    if (this.#state !== 'replaying' || !layer || this.#leavesOut(0, nowMs)) return;
    // A connection gets the next chunk when it has taken the one before.
    if (!isClear(this.destination.backlog, nowMs)) return;
    if (nowMs - this.#replaySinceMs > REPLAY_PATIENCE_MS) this.#skipToNewestGroup(layer, nowMs);
    const packets: Packet[] = [];
    for (; packets.length < REPLAY_CHUNK && this.#cursor <= layer.cache.newestSeq; this.#cursor += 1) {
      const packet = layer.cache.get(this.#cursor);
      // A sender that restarts meanwhile has other timestamps, and numbers far from these.
      if (packet?.epoch === this.#epoch) packets.push(packet);
    }
    if (packets.length > 0) this.#send(new PacketBatch(layer, packets), nowMs);
    if (this.#cursor > layer.cache.newestSeq) this.#state = 'live';
  }

  /** A batch of some layer of this track's kind. */
  offer(batch: PacketBatch, nowMs: number): void {
    const { layer } = batch;
    if (layer === this.#layer && this.#epoch === layer.epoch && this.#state !== 'waiting') {
      if (this.#state === 'live') this.#sendFrom(batch, this.#firstSeq, nowMs);
    } else if (layer === this.#wanted && this.#catchUp.mayGoOn(this.destination.backlog, nowMs)) {
      const first = batch.packets.find(({ isGroupStart, epoch }) => isGroupStart && epoch === layer.epoch);
      // Numbers must not run on unseen while this viewer can not be sent the codec: past 32768 it could not follow.
      if (!first || !this.#canSend(first)) return;
      this.#begin(first, nowMs);
      this.#state = 'live';
      this.#sendFrom(batch, first.extSeq, nowMs);
    }
  }

  /** A NACK of the viewer's (16-bit numbers). What is no longer cached, or was just sent again, is passed over. */
  resend(seqs: readonly number[], roundTripMs: number, nowMs: number): void {
    for (const seq of seqs) {
      const located = this.rewriter.locate(seq);
      if (located && this.#isForgone(located)) continue;
      const packet = located?.layer.cache.get(located.extSeq);
      const payload = packet && this.#payloads.get(packet.codec);
      if (!located || !packet || !payload) continue;
      for (let copies = this.#limiter.copies(located.outSeq, roundTripMs, nowMs); copies > 0; copies -= 1) {
        if (this.#mayResend === 0) return;
        this.resent += 1;
        this.#mayResend -= 1;
        if (payload.rtxPt === undefined || !this.hasRtx) {
          // The very same packet: a second one would count as a replay.
          this.#fanOut.resend(this, { located, packet, payloadType: payload.pt }, nowMs);
          break;
        }
        this.#resendByRtx(located, packet, payload.rtxPt, nowMs);
      }
    }
  }

  /** A viewer who just began asks for a keyframe: the picture he began with comes once more, as he may have lost its start. */
  repeatStart(roundTripMs: number, nowMs: number): void {
    const start = this.#start;
    const isJoining = nowMs - this.#startedMs <= JOINING_MS && nowMs - this.#repeatedMs >= roundTripMs;
    if (!start || !isJoining || start.layer !== this.#layer) return;
    this.#repeatedMs = nowMs;
    for (let extSeq = start.extSeq; extSeq < start.extSeq + MAX_REPEATED; extSeq += 1) {
      const packet = start.layer.cache.get(extSeq);
      if (this.#mayResend === 0 || (packet && packet.timestamp !== start.timestamp)) return;
      const located = packet && this.rewriter.locate(this.rewriter.seqOf(packet) & 0xffff);
      const rtxPt = packet && this.#payloads.get(packet.codec)?.rtxPt;
      if (!packet || !located || rtxPt === undefined) continue;
      this.#mayResend -= 1;
      this.#resendByRtx(located, packet, rtxPt, nowMs);
    }
  }

  /** To see what the link carries: the newest packets once more, which may even mend a loss. */
  pad(bytes: number, nowMs: number): void {
    const newest = this.rewriter.highestOut;
    let left = isClear(this.destination.backlog, nowMs) ? bytes : 0;
    for (let back = 0; left > 0 && back < MAX_PADDING_PACKETS; back += 1) {
      const located = this.rewriter.locate((newest - (back % PADDING_WINDOW)) & 0xffff);
      const packet = located?.layer.cache.get(located.extSeq);
      const rtxPt = packet && this.#payloads.get(packet.codec)?.rtxPt;
      if (!located || !packet || rtxPt === undefined) continue;
      left -= this.#resendByRtx(located, packet, rtxPt, nowMs);
    }
  }

  #resendByRtx(located: LocatedPacket, packet: Packet, payloadType: number, nowMs: number): number {
    const rtx = { ssrc: this.plan.rtxSsrc, seq: this.#rtxSeq };
    this.#rtxSeq += 1;
    return this.#fanOut.resend(this, { located, packet, payloadType, rtx }, nowMs);
  }

  #skipToNewestGroup(layer: Layer, nowMs: number): void {
    const start = layer.groupStart();
    const first = start === undefined ? undefined : layer.cache.get(start);
    if (!first || first.extSeq <= this.#cursor || first.epoch !== this.#epoch) return;
    this.#begin(first, nowMs);
    this.#cursor = first.extSeq;
  }

  // Where a link fails to carry a layer, what it lost of it would only keep back the next one.
  #isForgone({ layer }: LocatedPacket): boolean {
    return this.congestion !== undefined && (this.#state === 'waiting' || layer !== this.#layer);
  }

  #canSend(first: Packet): boolean {
    this.#lacksCodec = this.payloadTypeOf(first) < 0;
    return !this.#lacksCodec;
  }

  #begin(first: Packet, nowMs: number): void {
    this.#catchUp.wentOn();
    this.rewriter.switchTo(first, nowMs);
    this.#start = this.#layer ? undefined : first;
    this.#startedMs = nowMs;
    this.#layer = first.layer;
    this.#epoch = first.epoch;
    this.#firstSeq = first.extSeq;
  }

  // What came late from before the start has no number of its own in this viewer's stream.
  #sendFrom(batch: PacketBatch, firstSeq: number, nowMs: number): void {
    if (batch.lowestSeq >= firstSeq) {
      this.#send(batch, nowMs);
      return;
    }
    const packets = batch.packets.filter(({ extSeq }) => extSeq >= firstSeq);
    if (packets.length > 0) this.#send(new PacketBatch(batch.layer, packets), nowMs);
  }

  #leavesOut(packets: number, nowMs: number): boolean {
    const leavesOut = this.#catchUp.leavesOut(packets, this.destination.backlog, nowMs);
    if (this.#catchUp.isBehind) this.stop();
    return leavesOut;
  }

  #send(batch: PacketBatch, nowMs: number): void {
    if (this.#leavesOut(batch.packets.length, nowMs)) return;
    this.packetsSent += batch.packets.length;
    this.#mayResend = Math.min(MAX_RESENDS, this.#mayResend + batch.packets.length);
    this.octetsSent += this.#fanOut.send(this, batch, nowMs);
    if (batch.highest) this.rewriter.sent(batch.highest, nowMs);
  }
}
