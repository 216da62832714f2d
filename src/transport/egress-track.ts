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
import { Meeting } from './meeting.ts';
import { PacketBatch } from './packet-batch.ts';
import { PayloadTypes } from './payload-types.ts';
import { Repairs } from './repairs.ts';
import { isPatienceOver, maxReplayAgeMs, type Sight } from './replay-age.ts';
import type { ReceptionReport } from './rtcp.ts';
import type { SrtpTransform } from './srtp-transform.ts';

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
  readonly #meeting = new Meeting();
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

  /** What it is sent, or is to be sent next, is made here. */
  get isBoundForRendition(): boolean {
    return (this.#wanted ?? this.#layer)?.isRendition ?? false;
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
    const isDeaf = this.#sight !== 'moving' && isPatienceOver(nowMs - this.#wantedSinceMs);
    if (layer.kind === 'audio' || !(isNew || isDeaf)) return false;
    // It had been about to leave this layer and stays.
    if (layer === this.#layer && this.isInStep && this.#state !== 'waiting') return false;
    if (this.#meets) return !this.#meeting.isInSight(layer, this.rewriter.last);
    const start = freshStart(layer, maxReplayAgeMs(this.#sight, isDeaf), nowMs);
    return !start || !this.#replayFrom(start, nowMs);
  }

  /** False where that takes more than is cached. */
  #replayFrom(start: Packet, nowMs: number, isSeamless = false): boolean {
    const point = this.#point.targetOf(start.layer);
    const first = point.take(start);
    if (!first) return false;
    if (!this.#canSend(first)) return true;
    this.#replay.begin(start, this.congestion?.estimateBps ?? Number.POSITIVE_INFINITY, nowMs);
    this.#beginReplay(first, point, nowMs, isSeamless);
    this.#state = 'replaying';
    return true;
  }

  /** What is sent so far runs behind what is to be sent. */
  get #meets(): boolean {
    return this.#state === 'live' && this.#layer?.isRendition === true && this.#wanted?.isRendition === false;
  }

  /** What the viewer sees so far. */
  get #sight(): Sight {
    if (this.#layer === undefined) return 'nothing_yet';
    return this.#state === 'waiting' ? 'still' : 'moving';
  }

  /** Go over to this layer at its next group. False when that is settled already. */
  want(layer: Layer, nowMs: number): boolean {
    if (this.#wanted === layer) return false;
    this.#wanted = layer;
    this.#wantedSinceMs = nowMs;
    this.#meeting.begin(nowMs);
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
      const place = this.#meets && this.#wanted ? this.#meeting.placeIn(this.#wanted, this.rewriter.last) : undefined;
      if (place) this.#replayFrom(place, nowMs, true);
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
    if (!first || this.#mustWaitFor(first, nowMs) || !this.#canSend(first)) return false;
    this.#begin(first, point, nowMs);
    this.#state = 'live';
    this.#point.take(batch, nowMs);
    return true;
  }

  #mustWaitFor(first: Packet, nowMs: number): boolean {
    return this.#state === 'live' && this.#meeting.isAhead(first, this.rewriter.last, nowMs);
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

  #beginReplay(first: Packet, point: OperatingPoint, nowMs: number, isSeamless = false): void {
    this.#begin(first, point, nowMs, { nowMs, catchUpMs: this.#replay.catchUpMs(first.layer), isSeamless });
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
