import { randomInt } from 'node:crypto';
import { SenderClock } from '../media/capture-clock.ts';
import { Demuxer, type Route } from '../media/demuxer.ts';
import { Layer } from '../media/layer.ts';
import type { Packet } from '../media/packet.ts';
import type { IngestPlan } from '../media/plan.ts';
import { Presence } from '../media/presence.ts';
import { endWithoutPadding, RtpHeader } from '../media/rtp-header.ts';
import type { PublisherStats, RepairCounts } from '../media/stats.ts';
import { PublisherTrack } from '../media/track.ts';
import { TransportCcRecorder } from '../media/transport-cc.ts';
import type { MediaMemory } from './media-memory.ts';
import { ntpFromMs, ntpMiddle } from './ntp.ts';
import type { PeerConnection } from './peer-connection.ts';
import { type ReceptionReport, type ReferenceHeard, readRtcp } from './rtcp.ts';
import { writeNack, writePli, writeReceiverReport, writeReferenceTime, writeSdes } from './rtcp-write.ts';
import type { NativeSlice } from './srtp-session.ts';
import { trackStats } from './track-stats.ts';

const REPORT_MS = 1000;
const CNAME = 'freshet';
/** RFC 6464: in -dBov, below the flag of voice. */
const LEVEL_BITS = 0x7f;
const SILENCE = 127;

/** One publisher's media as it comes in: from protected datagrams to packets in their layers, and the feedback on them. */
export class PublisherSession {
  readonly id: string;
  readonly streamId: string;
  readonly peer: PeerConnection;
  readonly tracks: readonly PublisherTrack[];
  readonly presence = new Presence();
  readonly #plan: IngestPlan;
  readonly #demuxer: Demuxer;
  readonly #header = new RtpHeader();
  readonly #ssrc = randomInt(1, 0xffff_ffff);
  readonly #layersBySsrc = new Map<number, Layer>();
  readonly #transportCc: TransportCcRecorder;
  readonly #transportCcId: number | undefined;
  readonly #descriptorId: number | undefined;
  readonly #audioLevelId: number | undefined;
  #reportedMs = 0;
  #refused = 0;
  #roundTripMs: number | undefined;
  /** Which reference time went out when: gives the round trip. */
  #referenceSent = { middle: 0, ms: 0 };

  constructor(options: {
    id: string;
    streamId: string;
    plan: IngestPlan;
    peer: PeerConnection;
    memory: MediaMemory;
  }) {
    this.id = options.id;
    this.streamId = options.streamId;
    this.peer = options.peer;
    this.#plan = options.plan;
    this.#demuxer = new Demuxer(options.plan.tracks);
    this.#transportCc = new TransportCcRecorder({ senderSsrc: this.#ssrc, mediaSsrc: 0 });
    this.#transportCcId = options.plan.tracks.find(({ extensions }) => extensions.transportCc)?.extensions.transportCc;
    this.#descriptorId = options.plan.tracks.find(({ kind }) => kind === 'video')?.extensions.dependencyDescriptor;
    this.#audioLevelId = options.plan.tracks.find(({ kind }) => kind === 'audio')?.extensions.audioLevel;
    const clock = new SenderClock();
    this.tracks = options.plan.tracks.map(({ mid, kind, payloads, rids }) => {
      const clockRate = payloads[0]?.codec.clockRate ?? 90_000;
      const hasNack = payloads.some((payload) => payload.hasNack);
      const layers = (rids.length === 0 ? [''] : rids).map(
        (rid) => new Layer({ kind, rid, clockRate, hasNack, clock, cache: options.memory.createCache(kind) }),
      );
      return new PublisherTrack({ mid, kind, layers });
    });
  }

  /** A protected RTP packet, opened in place. The new packet of media in it, if there is one. */
  receiveRtp(memory: NativeSlice, start: number, end: number, nowMs: number): Packet | undefined {
    const header = this.#header;
    if (!header.read(memory.bytes, start, end)) return this.#refuse();
    const length = this.peer.receiver?.openRtp(memory, start, end, header) ?? -1;
    if (length < 0) return this.#refuse();
    this.presence.media(nowMs);
    if (this.#transportCcId !== undefined) this.#noteTransportSeq(this.#transportCcId, nowMs);
    const route = this.#demuxer.route(header);
    const layer = route && this.tracks[route.trackIndex]?.layers.get(route.rid);
    const payloadStart = start + header.headerLength;
    const clearEnd = start + length;
    const payloadEnd = header.hasPadding ? endWithoutPadding(memory.bytes, payloadStart, clearEnd) : clearEnd;
    if (!route || !layer || payloadEnd < payloadStart) return this.#refuse();
    return route.isRtx
      ? this.#pushRetransmission(layer, route, memory.bytes, payloadStart, payloadEnd, nowMs)
      : this.#push(layer, route, memory.bytes, payloadStart, payloadEnd, nowMs);
  }

  receiveRtcp(memory: NativeSlice, start: number, end: number, nowMs: number): void {
    const compound = this.peer.openRtcp(memory, start, end);
    if (!compound) return;
    this.presence.sign(nowMs);
    for (const item of readRtcp(compound)) {
      if (item.type === 'sender_report') this.#layersBySsrc.get(item.ssrc)?.senderReport(item, nowMs);
      else if (item.type === 'bye') this.presence.paused();
      else if (item.type === 'reference_heard') this.#noteRoundTrip(item.times, nowMs);
    }
  }

  stats(nowMs: number): PublisherStats {
    const { path } = this.peer;
    const roundTripMs = this.#roundTripMs;
    return {
      kind: 'publisher',
      ...(path && { path }),
      ...(roundTripMs !== undefined && { roundTripMs: Math.round(roundTripMs * 10) / 10 }),
      refused: this.#refused,
      tracks: this.tracks.map((track, index) => trackStats(track, this.#plan.tracks[index], nowMs)),
    };
  }

  /** How many packets were malformed, not authentic, replayed, or of no agreed kind. */
  get refused(): number {
    return this.#refused;
  }

  get repairs(): RepairCounts {
    const layers = this.tracks.flatMap((track) => [...track.layers.values()]);
    return {
      nacked: layers.reduce((sum, { nacks }) => sum + nacks.asked, 0),
      resent: layers.reduce((sum, { recovered }) => sum + recovered, 0),
      keyframeRequests: layers.reduce((sum, { keyframes }) => sum + keyframes.asked, 0),
    };
  }

  /** Sends what is due: reports, NACKs, keyframe requests, transport-wide feedback. */
  tick(nowMs: number): void {
    if (!this.peer.isConnected) return;
    for (const [ssrc, layer] of this.#layersBySsrc) this.#askFor(ssrc, layer, nowMs);
    for (let feedback = this.#transportCc.feedback(nowMs); feedback; feedback = this.#transportCc.feedback(nowMs)) {
      this.peer.sendRtcp([feedback]);
    }
    if (nowMs - this.#reportedMs >= REPORT_MS) this.#report(nowMs);
  }

  #push(layer: Layer, route: Route, bytes: Uint8Array, start: number, end: number, nowMs: number): Packet | undefined {
    const { seq, timestamp, marker, ssrc } = this.#header;
    if (route.isNewSource) this.#forget(layer);
    if (!this.#layersBySsrc.has(ssrc)) this.#layersBySsrc.set(ssrc, layer);
    const codec = route.payload.codec.name;
    const descriptor = this.#descriptor();
    const isSilent = layer.kind === 'audio' && this.#isSilent();
    return layer.push({ seq, timestamp, marker, codec, bytes, start, end, descriptor, isSilent }, nowMs);
  }

  // RFC 4588 section 4: the original sequence number, then the original payload. Empty ones only probe the link.
  #pushRetransmission(layer: Layer, route: Route, bytes: Uint8Array, start: number, end: number, nowMs: number) {
    if (end - start <= 2) return undefined;
    const { timestamp, marker } = this.#header;
    const seq = ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0);
    const codec = route.payload.codec.name;
    const descriptor = this.#descriptor();
    return layer.push({ seq, timestamp, marker, codec, bytes, start: start + 2, end, isRtx: true, descriptor }, nowMs);
  }

  #descriptor(): Uint8Array | undefined {
    return this.#descriptorId === undefined ? undefined : this.#header.extension(this.#descriptorId);
  }

  /** What is coded as speech does not tell by itself, as browsers code a microphone. */
  #isSilent(): boolean {
    const level = this.#audioLevelId === undefined ? undefined : this.#header.extension(this.#audioLevelId)?.[0];
    return level !== undefined && (level & LEVEL_BITS) === SILENCE;
  }

  #forget(layer: Layer): void {
    layer.reset();
    for (const [ssrc, owned] of this.#layersBySsrc) if (owned === layer) this.#layersBySsrc.delete(ssrc);
  }

  #noteTransportSeq(id: number, nowMs: number): void {
    const value = this.#header.extension(id);
    if (value === undefined || value.length < 2) return;
    if (this.#transportCc.mediaSsrc === 0) this.#transportCc.mediaSsrc = this.#header.ssrc;
    this.#transportCc.received(((value[0] ?? 0) << 8) | (value[1] ?? 0), nowMs);
  }

  #askFor(ssrc: number, layer: Layer, nowMs: number): void {
    const missing = layer.nacks.due(nowMs);
    if (missing.length > 0) this.peer.sendRtcp([writeNack(this.#ssrc, ssrc, missing)]);
    if (layer.kind === 'video') layer.probeKeyframes(nowMs);
    const track = this.tracks.find(({ layers }) => layers.get(layer.rid) === layer);
    if (track?.isKeyframeDue(layer, nowMs)) this.peer.sendRtcp([writePli(this.#ssrc, ssrc)]);
  }

  #report(nowMs: number): void {
    this.#reportedMs = nowMs;
    const reports: ReceptionReport[] = [...this.#layersBySsrc].map(([ssrc, layer]) => {
      const { extHighestSeq, ...report } = layer.receptionReport(nowMs);
      return { ...report, ssrc, highestSeq: extHighestSeq };
    });
    const ntp = ntpFromMs(performance.timeOrigin + nowMs);
    this.#referenceSent = { middle: ntpMiddle(ntp), ms: nowMs };
    this.peer.sendRtcp([
      writeReceiverReport(this.#ssrc, reports),
      writeSdes(this.#ssrc, CNAME),
      writeReferenceTime(this.#ssrc, ntp),
    ]);
  }

  #noteRoundTrip(times: readonly ReferenceHeard[], nowMs: number): void {
    const { middle, ms } = this.#referenceSent;
    const own = times.find(({ ssrc, ntpMiddle: heard }) => ssrc === this.#ssrc && heard === middle);
    if (own) this.#roundTripMs = Math.max(0, nowMs - ms - (own.delay / 65_536) * 1000);
  }

  #refuse(): undefined {
    this.#refused += 1;
    return undefined;
  }

  get plan(): IngestPlan {
    return this.#plan;
  }
}
