import { CaptureClock, SenderClock } from './capture-clock.ts';
import { inspectFormat, inspectPayload, inspectSize } from './codecs/inspect.ts';
import { FRAME_START_BIT, GROUP_START_BIT, type PictureSize, SILENCE_BIT } from './codecs/payload-facts.ts';
import type { PictureFormat } from './codecs/picture-format.ts';
import { vp8Ids } from './codecs/vp8.ts';
import { GroupTracker } from './group-tracker.ts';
import { KeyframeRequester } from './keyframe-requester.ts';
import type { LayerFacts } from './layer-facts.ts';
import { LayerFactsReader } from './layer-facts-reader.ts';
import { LayerMeter, type SenderReport } from './layer-meter.ts';
import { NackTracker } from './nack-tracker.ts';
import { OperatingPoints } from './operating-points.ts';
import type { Packet } from './packet.ts';
import type { PacketCache } from './packet-cache.ts';
import { keepPayload, type PayloadPlace } from './payload-place.ts';
import type { CodecName, MediaKind } from './plan.ts';
import { Reception, type ReceptionReport } from './reception.ts';
import { SequenceExtender } from './sequence.ts';
import type { LayerStats } from './stats.ts';

// Longer than most encoders' own groups, and soon enough to tell a streamer.
const PROBE_AFTER_MS = 5_000;

export interface LayerOptions {
  readonly kind: MediaKind;
  /** Empty without simulcast. */
  readonly rid: string;
  readonly clockRate: number;
  readonly cache: PacketCache;
  readonly hasNack: boolean;
  /** Made here of another layer, and so behind it. */
  readonly isRendition?: boolean;
  /** Shared by all layers of a publisher, so that their sender reports are read alike. */
  readonly clock?: SenderClock;
}

/** A packet as it came from the wire; the payload is `bytes[start..end)`, without RTP padding. */
export interface PacketInput {
  readonly seq: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly codec: CodecName;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Came as a retransmission (RFC 4588): it fills a hole, and never tells that the sender restarted. */
  readonly isRtx?: boolean;
  /** The dependency descriptor header extension, where the packet has one. */
  readonly descriptor?: Uint8Array | undefined;
  /** Its sender says that it is nothing but zeros (RFC 6464). */
  readonly isSilent?: boolean;
  /** Where they are known already. */
  readonly layering?: LayerFacts | undefined;
}

/** One RTP stream of a published track: one simulcast encoding, or the only one. */
export class Layer {
  readonly kind: MediaKind;
  readonly rid: string;
  readonly clockRate: number;
  readonly cache: PacketCache;
  readonly isRendition: boolean;
  readonly nacks = new NackTracker();
  readonly keyframes = new KeyframeRequester();
  /** What of it can be sent. */
  readonly points = new OperatingPoints(this);
  /** Of the highest packet so far. */
  newestTimestamp = 0;
  /** When a packet came last, -Infinity before any. */
  lastArrivalMs = Number.NEGATIVE_INFINITY;
  /** Lost packets that came by RTX after all. */
  recovered = 0;
  readonly #hasNack: boolean;
  readonly #sequence = new SequenceExtender();
  readonly #groups: GroupTracker;
  readonly #reception: Reception;
  readonly #captureClock: CaptureClock;
  readonly #meter: LayerMeter;
  readonly #layering = new LayerFactsReader();
  #epoch = 0;
  #size: PictureSize | undefined;
  #format: PictureFormat | undefined;

  constructor(options: LayerOptions) {
    this.kind = options.kind;
    this.rid = options.rid;
    this.clockRate = options.clockRate;
    this.cache = options.cache;
    this.isRendition = options.isRendition ?? false;
    this.#hasNack = options.hasNack;
    this.#groups = new GroupTracker(options.cache);
    this.#reception = new Reception(options.clockRate);
    this.#meter = new LayerMeter(options.clockRate);
    this.#captureClock = new CaptureClock(options.clockRate, options.clock ?? new SenderClock());
  }

  /**
   * Takes a packet that came, or came again by RTX. `undefined`: a duplicate, too old, too large, or a jump in sequence
   * that the next packet has yet to confirm. A payload of length 0 (padding only) gives a packet too: leaving it out
   * would tear a hole into the viewers' sequence.
   */
  push(input: PacketInput, nowMs: number): Packet | undefined {
    if (input.end < input.start) return undefined;
    const extSeq = input.isRtx ? this.#sequence.extendKnown(input.seq) : this.#sequence.extend(input.seq);
    if (extSeq === undefined || extSeq <= this.#sequence.highest - this.cache.slots) return undefined;
    if (this.#sequence.epoch !== this.#epoch) this.#beginEpoch(extSeq, nowMs);
    return this.#take(input, extSeq, nowMs);
  }

  /** Takes a packet that a layer elsewhere took and numbered. `undefined`: it is here already, or too old or too large. */
  replicate(input: PacketInput, of: { extSeq: number; epoch: number }, nowMs: number): Packet | undefined {
    const { extSeq, epoch } = of;
    if (epoch < this.#sequence.epoch || extSeq <= this.#sequence.highest - this.cache.slots) return undefined;
    this.#sequence.follow(extSeq, epoch);
    if (epoch !== this.#epoch) this.#clear();
    return this.#take(input, extSeq, nowMs);
  }

  #take(input: PacketInput, extSeq: number, nowMs: number): Packet | undefined {
    if (this.cache.hasSeen(extSeq)) return undefined;
    const { codec, bytes, start, end } = input;
    const layering = input.layering ?? this.#layering.read(codec, bytes, start, end, input.descriptor);
    const known = { ...input, layering };
    const place = keepPayload(this.cache, known, extSeq);
    if (!place) return undefined;
    const facts = inspectPayload(codec, bytes, start, end) | (input.isSilent ? SILENCE_BIT : 0);
    const packet = this.#makePacket(known, facts, extSeq, place, nowMs);
    this.cache.add(packet);
    if (input.isRtx) this.recovered += 1;
    this.#meter.packet(packet, facts, this.cache.get(extSeq - 1));
    this.#account(packet);
    return packet;
  }

  /**
   * Where a viewer may start: the first packet of the newest group, so far as it has come, when every packet of it that
   * came is still cached. Audio: the newest packet.
   */
  groupStart(): number | undefined {
    return this.#groups.start;
  }

  /** When the first packet of the newest group came. */
  get groupStartedMs(): number {
    return this.#groups.startedMs;
  }

  /** Payload bytes of the newest group so far. */
  get groupBytes(): number {
    return this.#groups.bytes;
  }

  /** Counts sources: the timestamps of packets of different epochs have nothing to do with each other. */
  get epoch(): number {
    return this.#sequence.epoch;
  }

  senderReport(report: SenderReport, nowMs: number): void {
    this.#reception.senderReport(report, nowMs);
    this.#meter.senderReport(report);
    this.#captureClock.senderReport(report, report.rtpTimestamp, nowMs);
  }

  /**
   * When the media of a timestamp was captured, in ms on the clock of `nowMs`: by the last sender report, else by the
   * first arrival. The same clock for all layers and publishers.
   */
  capturedMsOf(timestamp: number): number {
    return this.#captureClock.msOf(timestamp);
  }

  /** The media of `timestamp` was captured at `ms` on the caller's clock, as somebody knows who heard the sender reports. */
  captured(timestamp: number, ms: number): void {
    this.#captureClock.anchor(timestamp, ms);
  }

  receptionReport(nowMs: number): ReceptionReport {
    return this.#reception.report(nowMs);
  }

  bitrateBps(nowMs: number): number {
    return this.#meter.bitrateBps(nowMs);
  }

  stats(nowMs: number): LayerStats {
    const intervalMs = this.kind === 'video' ? this.#groups.intervalMs : undefined;
    return {
      rid: this.rid,
      ...this.#meter.measures(nowMs),
      packets: this.#reception.packets,
      lost: this.#reception.lost,
      recovered: this.recovered,
      nacked: this.nacks.asked,
      jitterMs: Math.round(this.#reception.jitterMs * 10) / 10,
      keyframes: this.#groups.count,
      keyframeRequests: this.keyframes.asked,
      ...this.#size,
      ...(this.keyframes.areHeeded === undefined ? {} : { heedsRequests: this.keyframes.areHeeded }),
      ...(this.#format && { format: this.#format }),
      ...(intervalMs === undefined ? {} : { keyframeIntervalMs: Math.round(intervalMs) }),
    };
  }

  /**
   * Asks for a keyframe in the midst of a long group, to learn whether the encoder sends one when asked: those that do
   * may send them as seldom as they like. One that did not is asked again in a later group: a PLI may have been lost.
   */
  probeKeyframes(nowMs: number): void {
    const isLong = this.#groups.count > 0 && nowMs - this.#groups.startedMs > PROBE_AFTER_MS;
    if (isLong && this.keyframes.areHeeded !== true && this.keyframes.unanswered === 0) this.keyframes.want(nowMs);
  }

  /** From the last keyframe's own headers. */
  get size(): PictureSize | undefined {
    return this.#size;
  }

  /** A new publisher takes over: the next packet starts a new sequence, numbered above all earlier ones. */
  reset(): void {
    this.#sequence.restart();
    this.#clear();
  }

  #makePacket(input: PacketInput, facts: number, extSeq: number, place: PayloadPlace, nowMs: number): Packet {
    const { bytes, start, end, timestamp, codec, layering } = input;
    const mayStart = (facts & GROUP_START_BIT) !== 0 && (layering?.spatialId ?? 0) === 0;
    const isGroupStart = mayStart && (this.kind === 'audio' || this.#groups.isNewStart(extSeq, timestamp));
    return {
      extSeq,
      epoch: this.#sequence.epoch,
      timestamp,
      marker: input.marker,
      codec,
      isGroupStart,
      isFrameStart: (facts & FRAME_START_BIT) !== 0 && this.#opensFrame(codec, extSeq, timestamp),
      layer: this,
      ...place,
      arrivedMs: nowMs,
      vp8: codec === 'vp8' ? vp8Ids(bytes, start, end) : undefined,
      layering,
    };
  }

  /** H.264 and AV1 say in the payload where a unit begins, not where a picture does: there the timestamp decides. */
  #opensFrame(codec: CodecName, extSeq: number, timestamp: number): boolean {
    if (codec !== 'h264' && codec !== 'av1') return true;
    return this.cache.get(extSeq - 1)?.timestamp !== timestamp;
  }

  #account(packet: Packet): void {
    const { extSeq, timestamp, arrivedMs } = packet;
    this.lastArrivalMs = arrivedMs;
    this.#reception.packet(extSeq, timestamp, arrivedMs);
    if (extSeq === this.#sequence.highest) {
      this.newestTimestamp = timestamp;
      this.#captureClock.packet(timestamp, arrivedMs);
    }
    this.#groups.packet(packet);
    this.points.packet(packet);
    if (this.kind === 'video' && packet.isGroupStart) this.#noteKeyframe(packet);
    if (this.#hasNack) this.#noteLoss(extSeq, arrivedMs);
  }

  #noteKeyframe(packet: Packet): void {
    this.keyframes.keyframeArrived(packet.arrivedMs);
    const { bytes } = this.cache;
    const end = packet.offset + packet.length;
    this.#size = inspectSize(packet.codec, bytes, packet.offset, end) ?? this.#size;
    this.#format = inspectFormat(packet.codec, bytes, packet.offset, end) ?? this.#format;
  }

  #noteLoss(extSeq: number, nowMs: number): void {
    this.nacks.received(extSeq, nowMs);
    const isBroken = this.nacks.takeHopeless() > this.#groups.firstSeq;
    if (isBroken && this.kind === 'video') this.keyframes.want(nowMs);
  }

  /** The sender restarted by itself. The packet before this one told so and was held back: ask for it again. */
  #beginEpoch(extSeq: number, nowMs: number): void {
    this.#clear();
    if (this.#hasNack) this.nacks.received(extSeq - 2, nowMs);
    if (this.kind === 'video') this.keyframes.want(nowMs);
  }

  #clear(): void {
    this.#epoch = this.#sequence.epoch;
    this.nacks.reset();
    this.keyframes.reset();
    this.#groups.reset();
    this.#reception.reset();
    this.#captureClock.reset();
    this.#layering.reset();
    this.points.reset();
    this.#meter.reset();
    this.#size = undefined;
    this.#format = undefined;
  }
}
