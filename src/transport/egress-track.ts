import type { Layer } from '../media/layer.ts';
import type { OperatingPoint } from '../media/operating-point.ts';
import type { Packet } from '../media/packet.ts';
import type { CodecName, EgressTrackPlan } from '../media/plan.ts';
import { type Replay, Rewriter } from '../media/rewriter.ts';
import { CatchUp, isClear } from './catch-up.ts';
import type { Destination } from './datagram-writer.ts';
import { EgressPoint } from './egress-point.ts';
import type { CongestionControl, EgressTarget, FanOut } from './fan-out.ts';
import { freshStart, GroupReplay } from './group-replay.ts';
import { PacketBatch } from './packet-batch.ts';
import { PayloadTypes } from './payload-types.ts';
import { Repairs } from './repairs.ts';
import type { ReceptionReport } from './rtcp.ts';
import type { SrtpTransform } from './srtp-transform.ts';

// A browser sends a keyframe when asked, and hardly ever else: its group may hold more than a thin link takes in seconds.
// Two seconds are what encoders are set to.
const REPLAY_FRESH_MS = 2_500;
// An encoder that is deaf to the request leaves the choice between an older group and no picture.
const KEYFRAME_PATIENCE_MS = 600;
/** Older groups are not replayed: catching up would take longer than the next keyframe. */
const REPLAY_MAX_AGE_MS = 10_000;
const SWITCH_MAX_AGE_MS = 200;
// Who sees nothing is better off with something older, yet a thin link takes long to make up for it.
const STOPPED_MAX_AGE_MS = 1_000;

/**
 * One track of one viewer: from the cached group of pictures to live packets, and from source to source.
 * `waiting`: for the first packet of a group of `wanted`; `replaying`: what is cached; `live`: in step.
 */
export class EgressTrack implements EgressTarget {
  readonly plan: EgressTrackPlan;
  readonly cipher: SrtpTransform;
  readonly rewriter: Rewriter;
  readonly ssrc: number;
  readonly hasRtx: boolean;
  destination: Destination;
  packetsSent = 0;
  octetsSent = 0;
  /** What the viewer last reported of it. */
  reported: ReceptionReport | undefined;
  readonly #fanOut: Pick<FanOut, 'send' | 'resend' | 'pad'>;
  readonly #payloadTypes: PayloadTypes;
  readonly #catchUp: CatchUp;
  readonly #repairs: Repairs;
  readonly #replay = new GroupReplay();
  readonly #point: EgressPoint;
  readonly #isSentWhatFits: boolean;
  #congestion: CongestionControl | undefined;
  #state: 'waiting' | 'replaying' | 'live' = 'waiting';
  #layer: Layer | undefined;
  #epoch = 0;
  #wanted: Layer | undefined;
  #wantedSinceMs = 0;
  #lacksCodec = false;

  constructor(options: {
    plan: EgressTrackPlan;
    cipher: SrtpTransform;
    destination: Destination;
    fanOut: Pick<FanOut, 'send' | 'resend' | 'pad'>;
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
    this.#payloadTypes = new PayloadTypes(options.plan.payloads);
    this.hasRtx = this.#payloadTypes.hasRtx;
    this.#congestion = this.hasRtx ? options.congestion : undefined;
    this.#isSentWhatFits = this.#congestion !== undefined;
    const clockRate = options.plan.payloads[0]?.codec.clockRate ?? 90_000;
    this.rewriter = new Rewriter({ clockRate, firstSeq: options.firstSeq });
    this.#point = new EgressPoint({ rewriter: this.rewriter, send: (batch, nowMs) => this.#send(batch, nowMs) });
    const { fanOut, firstRtxSeq } = options;
    this.#repairs = new Repairs({
      target: this,
      payloads: this.#payloadTypes.byCodec,
      rtxSsrc: options.plan.rtxSsrc,
      fanOut,
      firstRtxSeq,
    });
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

  /** Whether the viewer offered it. */
  takes(codec: CodecName): boolean {
    return this.#payloadTypes.byCodec.has(codec);
  }

  /** Of the packet sent last. */
  get codec(): CodecName | undefined {
    return this.#payloadTypes.codec;
  }

  /** Packets sent again. */
  get resent(): number {
    return this.#repairs.resent;
  }

  get congestion(): CongestionControl | undefined {
    return this.#congestion;
  }

  /** The viewer loses packets by chance, and often. */
  get isLossy(): boolean {
    return this.#repairs.isLossy;
  }

  /** Numbers what is sent from now on, for a viewer whose link is not looked at otherwise. */
  watchLosses(watch: CongestionControl): void {
    if (this.hasRtx) this.#congestion ??= watch;
  }

  get isReplaying(): boolean {
    return this.#state === 'replaying';
  }

  payloadTypeOf(packet: Packet): number {
    return this.#payloadTypes.of(packet);
  }

  /**
   * Of its layer, this much from the next safe place on. True when that takes a keyframe, which then has to be asked
   * for.
   */
  limit(point: OperatingPoint): boolean {
    return this.#point.limit(point);
  }

  /**
   * Go over to this layer: by its cached group when there is a fresh one, else at its next keyframe, with what was sent
   * so far going on until then. True when a keyframe has to be asked for.
   */
  follow(layer: Layer, nowMs: number): boolean {
    const isNew = this.want(layer, nowMs);
    if (this.#catchUp.isBehind) return this.#catchUp.mayAsk(this.destination.backlog, nowMs);
    const isDeaf = this.#seesNothing && nowMs - this.#wantedSinceMs >= KEYFRAME_PATIENCE_MS;
    if (layer.kind === 'audio' || !(isNew || isDeaf)) return false;
    // It had been about to leave this layer and stays.
    if (layer === this.#layer && this.isInStep && this.#state !== 'waiting') return false;
    const start = freshStart(layer, this.#maxAgeMs(isDeaf), nowMs);
    const point = this.#point.targetOf(layer);
    const first = start && point.take(start);
    if (!start || !first) return true;
    if (!this.#canSend(first)) return false;
    this.#replay.begin(start, this.congestion?.estimateBps ?? Number.POSITIVE_INFINITY, nowMs);
    this.#beginReplay(first, point, nowMs);
    this.#state = 'replaying';
    return false;
  }

  /** How old a group may be to be replayed to this viewer. */
  #maxAgeMs(isDeaf: boolean): number {
    if (this.#layer === undefined) return isDeaf ? REPLAY_MAX_AGE_MS : REPLAY_FRESH_MS;
    if (this.#state === 'waiting') return isDeaf ? REPLAY_FRESH_MS : STOPPED_MAX_AGE_MS;
    // In mid-stream what is older was seen already.
    return SWITCH_MAX_AGE_MS;
  }

  get #seesNothing(): boolean {
    return this.#layer === undefined || this.#state === 'waiting';
  }

  /** Go over to this layer at its next group. False when that is settled already. */
  want(layer: Layer, nowMs: number): boolean {
    if (this.#wanted === layer) return false;
    this.#wanted = layer;
    this.#wantedSinceMs = nowMs;
    this.#lacksCodec = false;
    return true;
  }

  /** Nothing more, of whatever layer, before `follow` or `want`: what a link cannot carry would only hold up what comes next. */
  stop(): void {
    this.#state = 'waiting';
    this.#wanted = undefined;
  }

  /** It was stopped, and is to send nothing. */
  get rests(): boolean {
    return this.#layer !== undefined && this.#state === 'waiting' && this.#wanted === undefined;
  }

  /** The next chunk of the group. The caller has flushed the layer before: nothing that is cached is still to be sent. */
  replay(nowMs: number): void {
    const layer = this.#layer;
    if (this.#state !== 'replaying' || !layer || this.#leavesOut(0, nowMs)) return;
    // A connection gets the next chunk when it has taken the one before.
    if (!isClear(this.destination.backlog, nowMs)) return;
    this.#skipToNewestGroup(layer, nowMs);
    const packets = this.#replay.next(layer, this.#epoch, nowMs);
    const { present } = this.#point;
    if (packets.length > 0 && present) this.#send(new PacketBatch(layer, packets).at(present), nowMs);
    if (this.#replay.hasAll(layer)) this.#state = 'live';
  }

  /** A batch of some layer of this track's kind. */
  offer(batch: PacketBatch, nowMs: number): void {
    const { layer } = batch;
    if (layer === this.#layer && this.#epoch === layer.epoch && this.#state !== 'waiting') {
      if (this.#state === 'live') this.#point.take(batch, nowMs);
    } else if (layer === this.#wanted && !this.#goOver(batch, nowMs)) {
      this.#catchUp.missed(batch.packets.length, this.destination.backlog);
    }
  }

  /** To the group that begins in this batch, if one does. */
  #goOver(batch: PacketBatch, nowMs: number): boolean {
    if (!this.#catchUp.mayGoOn(this.destination.backlog, nowMs)) return false;
    const { layer } = batch;
    const point = this.#point.targetOf(layer);
    const first = batch.at(point).packets.find(({ isGroupStart, epoch }) => isGroupStart && epoch === layer.epoch);
    // Numbers must not run on unseen while this viewer can not be sent the codec: past 32768 it could not follow.
    if (!first || !this.#canSend(first)) return false;
    this.#begin(first, point, nowMs);
    this.#state = 'live';
    this.#point.take(batch, nowMs);
    return true;
  }

  /** What the viewer misses (16-bit numbers). */
  resend(seqs: readonly number[], roundTripMs: number, nowMs: number): void {
    // Where a link fails to carry a layer, what it lost of it would only keep back the next one.
    if (this.#isSentWhatFits && this.#state === 'waiting') return;
    this.#replay.lost(roundTripMs, nowMs);
    const layer = this.#isSentWhatFits ? this.#layer : undefined;
    this.#replay.sent(this.#repairs.resend(seqs, layer, roundTripMs, nowMs));
  }

  /** A viewer who just began asks for a keyframe. */
  repeatStart(roundTripMs: number, nowMs: number): void {
    this.#repairs.repeatStart(roundTripMs, nowMs);
  }

  /** To see what the link carries. */
  pad(bytes: number, nowMs: number): void {
    if (!isClear(this.destination.backlog, nowMs)) return;
    if (this.rests) this.#repairs.padWithNothing(bytes, nowMs);
    else this.#repairs.pad(bytes, nowMs);
  }

  #skipToNewestGroup(layer: Layer, nowMs: number): void {
    const start = this.#replay.newerStart(layer, this.#epoch);
    const point = this.#point.targetOf(layer);
    const first = start && point.take(start);
    if (!start || !first) return;
    this.#beginReplay(first, point, nowMs);
    this.#replay.goOnAt(start);
  }

  #beginReplay(first: Packet, point: OperatingPoint, nowMs: number): void {
    this.#begin(first, point, nowMs, { nowMs, catchUpMs: this.#replay.catchUpMs(first.layer) });
  }

  #canSend(first: Packet): boolean {
    this.#lacksCodec = this.payloadTypeOf(first) < 0;
    return !this.#lacksCodec;
  }

  /** `first`: as `point` has it. */
  #begin(first: Packet, point: OperatingPoint, nowMs: number, replay?: Replay): void {
    this.#catchUp.wentOn();
    this.#point.begin(first, point, replay);
    this.congestion?.began(nowMs);
    this.#repairs.began(this.#layer ? undefined : first, nowMs);
    this.#layer = first.layer;
    this.#epoch = first.epoch;
  }

  #leavesOut(packets: number, nowMs: number): boolean {
    const leavesOut = this.#catchUp.leavesOut(packets, this.destination.backlog, nowMs);
    if (this.#catchUp.isBehind) this.#state = 'waiting';
    return leavesOut;
  }

  #send(batch: PacketBatch, nowMs: number): void {
    if (this.#leavesOut(batch.packets.length, nowMs)) return;
    this.packetsSent += batch.packets.length;
    this.#repairs.sent(batch.packets.length);
    this.octetsSent += this.#fanOut.send(this, batch, nowMs);
    if (batch.highest) this.rewriter.sent(batch.highest);
  }
}
