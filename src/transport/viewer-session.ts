import { randomInt } from 'node:crypto';
import type { Layer } from '../media/layer.ts';
import { type LayerChoice, LayerChooser } from '../media/layer-chooser.ts';
import type { LayerOffer } from '../media/layer-selector.ts';
import type { LayerWish } from '../media/layer-wish.ts';
import type { OperatingPoint } from '../media/operating-point.ts';
import type { EgressPlan, MediaKind } from '../media/plan.ts';
import { RENDITION_CODEC } from '../media/rendition-layer.ts';
import type { RepairCounts, ViewerStats } from '../media/stats.ts';
import { EgressTrack } from './egress-track.ts';
import type { FanOut } from './fan-out.ts';
import { LinkControl } from './link-control.ts';
import { LossWatch } from './loss-watch.ts';
import { ntpFromMs, ntpMiddle } from './ntp.ts';
import type { PeerConnection } from './peer-connection.ts';
import { type ReceptionReport, readRtcp } from './rtcp.ts';
import { writeDelaySinceReference, writeSdes, writeSenderReport } from './rtcp-write.ts';
import type { NativeSlice } from './srtp-session.ts';
import { TextChannel } from './text-channel.ts';
import { sentTrackStats } from './track-stats.ts';

const FIRST_REPORT_MS = 100;
const REPORT_MS = 2000;
const DEFAULT_ROUND_TRIP_MS = 50;
const ROUND_TRIP_EVERY_MS = 500;
// The receiver's first guess of the rollover counter is 0 (RFC 3711 section 3.3.1), so no stream starts near the wrap.
const MAX_FIRST_SEQ = 32_768;

/** What a viewer's RTCP asks of the stream. */
export interface ViewerWish {
  readonly keyframeOf: Layer;
}

/** One viewer: its tracks, the reports to it and what it asks for. */
export class ViewerSession {
  readonly id: string;
  readonly streamId: string;
  readonly peer: PeerConnection;
  /** Where data channels were agreed on. */
  readonly texts: TextChannel | undefined;
  readonly #plan: EgressPlan;
  readonly #fanOut: FanOut;
  readonly #chooser = new LayerChooser<OperatingPoint>();
  /** Made when the keys are known. */
  #tracks: readonly EgressTrack[] = [];
  #audio: EgressTrack | undefined;
  #video: EgressTrack | undefined;
  #link: LinkControl<OperatingPoint> | undefined;
  /** Of a viewer who loses packets by chance, and often. */
  #losses: Pick<LossWatch, 'lost'> | undefined;
  #roundTripMs = DEFAULT_ROUND_TRIP_MS;
  #nacked = 0;
  #keyframeRequests = 0;
  #hasRoundTrip = false;
  #nextReportMs = 0;
  #toldRoundTripMs = Number.NEGATIVE_INFINITY;
  /** When which sender report went out, by the middle of its NTP time: gives the round trip. */
  #reportSent = { middle: 0, ms: 0 };

  constructor(options: {
    id: string;
    streamId: string;
    plan: EgressPlan;
    peer: PeerConnection;
    fanOut: FanOut;
  }) {
    this.id = options.id;
    this.streamId = options.streamId;
    this.peer = options.peer;
    this.#plan = options.plan;
    this.#fanOut = options.fanOut;
    const { data } = options.plan;
    this.texts = data && new TextChannel({ peer: this.peer, peerMaxMessageSize: data.maxMessageSize });
  }

  get tracks(): readonly EgressTrack[] {
    return this.#tracks;
  }

  /** What is published now can not be shown to this viewer, who is better told so than left with a frozen picture. */
  get lacksCodec(): boolean {
    return this.#tracks.some((track) => track.lacksCodec);
  }

  /** Whether he can be shown what is made here, which is AV1. */
  get takesRenditions(): boolean {
    return this.#video?.takes(RENDITION_CODEC) ?? false;
  }

  /** Whether he has, or could do with, what is made here. `isPublished`: whether the publisher has such a layer. */
  wantsRenditions(isPublished: (rid: string) => boolean): boolean {
    if (!this.takesRenditions) return false;
    return this.#isPictureTooMuch || this.#video?.isBoundForRendition === true || this.#chooser.lacks(isPublished);
  }

  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /** What is sent of the video, and why. */
  get choice(): LayerChoice {
    const rid = this.#isPictureTooMuch ? undefined : this.#video?.layer?.rid;
    const estimateBps = this.#link?.estimateBps ?? Number.POSITIVE_INFINITY;
    return {
      ...(rid !== undefined && { rid }),
      reason: this.#chooser.reason,
      ...(estimateBps !== Number.POSITIVE_INFINITY && { estimateBps: Math.round(estimateBps) }),
    };
  }

  /** Payload, once each. */
  get sentBytes(): number {
    return this.#tracks.reduce((sum, { octetsSent }) => sum + octetsSent, 0);
  }

  /** Messages of his that were no text for us. */
  get refused(): number {
    return this.texts?.refused ?? 0;
  }

  get repairs(): RepairCounts {
    const resent = this.#tracks.reduce((sum, track) => sum + track.resent, 0);
    return { nacked: this.#nacked, resent, keyframeRequests: this.#keyframeRequests };
  }

  stats(): ViewerStats {
    const { path } = this.peer;
    return {
      kind: 'viewer',
      ...(path && { path }),
      ...(this.#hasRoundTrip && { roundTripMs: Math.round(this.#roundTripMs * 10) / 10 }),
      nacked: this.#nacked,
      keyframeRequests: this.#keyframeRequests,
      choice: this.choice,
      tracks: this.#tracks.map(sentTrackStats),
    };
  }

  track(kind: MediaKind): EgressTrack | undefined {
    return kind === 'audio' ? this.#audio : this.#video;
  }

  connected(nowMs: number): void {
    const { sender, destination } = this.peer;
    if (!sender || !destination) return;
    this.#nextReportMs = nowMs + FIRST_REPORT_MS;
    const video = this.#plan.tracks.find(({ kind }) => kind === 'video');
    const id = video?.isSentWhatFits ? video.transportCcId : undefined;
    this.#link = id === undefined ? undefined : new LinkControl(id);
    this.#tracks = this.#plan.tracks.map(
      (plan) =>
        new EgressTrack({
          plan,
          cipher: sender.rtp,
          destination,
          fanOut: this.#fanOut,
          firstSeq: randomInt(MAX_FIRST_SEQ),
          firstRtxSeq: randomInt(MAX_FIRST_SEQ),
          congestion: plan.isSentWhatFits ? this.#link : undefined,
        }),
    );
    this.#audio = this.#tracks.find(({ plan }) => plan.kind === 'audio');
    this.#video = this.#tracks.find(({ plan }) => plan.kind === 'video');
  }

  /** After the peer moved to another address. */
  moved(): void {
    const { destination } = this.peer;
    if (destination) for (const track of this.#tracks) track.destination = destination;
  }

  receiveRtcp(memory: NativeSlice, start: number, end: number, nowMs: number): ViewerWish | undefined {
    const compound = this.peer.openRtcp(memory, start, end);
    if (!compound) return undefined;
    let wish: ViewerWish | undefined;
    for (const item of readRtcp(compound)) {
      if (item.type === 'nack') {
        this.#nacked += item.seqs.length;
        this.#trackBySsrc(item.mediaSsrc)?.resend(item.seqs, this.#roundTripMs, nowMs);
        if (this.#video?.isLossy) this.#watchLosses(this.#video);
      } else if (item.type === 'pli') {
        this.#keyframeRequests += 1;
        const track = this.#trackBySsrc(item.mediaSsrc);
        track?.repeatStart(this.#roundTripMs, nowMs);
        wish = this.#keyframe(track) ?? wish;
      } else if (item.type === 'fir') {
        this.#keyframeRequests += 1;
        wish = this.#keyframe(this.track('video')) ?? wish;
      } else if (item.type === 'transport_cc') {
        this.#link?.feedback(item.raw, nowMs);
        const lost = this.#losses?.lost(item.raw) ?? [];
        if (lost.length > 0) this.#video?.resend(lost, this.#roundTripMs, nowMs);
      } else if (item.type === 'reference_time') {
        this.#tellRoundTrip(item, nowMs);
      } else if (item.type === 'receiver_report') {
        for (const report of item.reports) this.#noteReport(report, nowMs);
      }
    }
    return wish;
  }

  /** From now on; `choose` acts on it. */
  ask(wish: LayerWish): void {
    this.#chooser.ask(wish);
  }

  /** Whether he may be sent this layer before it is known what else there is. */
  permits(layer: Layer): boolean {
    if (layer.kind === 'audio') return true;
    return !this.#isPictureTooMuch && this.#chooser.permits({ rid: layer.rid, ...layer.size });
  }

  /** Of the layers of the video, from the least to the best, the one for this viewer; `undefined` where he gets none. */
  choose(ladder: readonly LayerOffer<OperatingPoint>[], nowMs: number): OperatingPoint | undefined {
    const point = this.#chooser.choose(ladder, this.#link, nowMs);
    const isOther = point?.layer !== this.#video?.layer;
    if (this.#link?.isFlooded) this.#link.drain(nowMs);
    if (!point || (isOther && this.#link?.isFlooded)) this.#video?.stop();
    // Of the same layer something may be sent all the time: without it what was lost could not be mended either.
    return point && !isOther && this.#link?.isDraining(nowMs) ? point.least : point;
  }

  /** Nothing new is to be begun before the queue of his link is gone. */
  isDraining(nowMs: number): boolean {
    return this.#video?.rests === true && this.#link?.isDraining(nowMs) === true;
  }

  /** Whether his link has told something that should not wait for the next turn of all viewers. Tells it once. */
  takeDueChoice(nowMs: number): boolean {
    return this.#link?.takeDueChoice(nowMs) ?? false;
  }

  /** Nothing more is to come of a layer. */
  lost(layer: Layer): void {
    if (this.#video?.layer === layer) this.#video.stop();
  }

  get #isPictureTooMuch(): boolean {
    return this.#chooser.reason === 'link_too_thin';
  }

  /** Sends what a probe of the link wants now. */
  probe(nowMs: number): void {
    const due = this.#link?.paddingDue(nowMs) ?? 0;
    if (due > 0) this.#video?.pad(due, nowMs);
  }

  /** `wallMs`: the time of day at `nowMs`. */
  tick(nowMs: number, wallMs: number): void {
    if (this.#tracks.length === 0 || nowMs < this.#nextReportMs) return;
    // Spread, so that a thousand viewers who came together do not report together for ever.
    this.#nextReportMs = nowMs + REPORT_MS * (0.75 + Math.random() * 0.5);
    for (const track of this.#tracks) this.#report(track, nowMs, wallMs);
  }

  // What was captured when, on our clock: the same for audio and video, so the viewer can bring them together.
  #report(track: EgressTrack, nowMs: number, wallMs: number): void {
    const { layer, ssrc, packetsSent, octetsSent } = track;
    if (!layer || !track.isInStep || packetsSent === 0) return;
    const ntp = ntpFromMs(wallMs - nowMs + layer.capturedMsOf(layer.newestTimestamp));
    this.#reportSent = { middle: ntpMiddle(ntp), ms: nowMs };
    this.peer.sendRtcp([
      writeSenderReport({
        ssrc,
        ntpHigh: ntp.high,
        ntpLow: ntp.low,
        rtpTimestamp: track.rewriter.timeOf(layer.newestTimestamp),
        packetCount: packetsSent >>> 0,
        octetCount: octetsSent >>> 0,
        reports: [],
      }),
      writeSdes(ssrc, track.plan.cname),
    ]);
  }

  // A reference time comes with all that a receiver sends, dozens of times a second; the round trip hardly changes.
  #tellRoundTrip(reference: { ssrc: number; ntpMiddle: number }, nowMs: number): void {
    const [track] = this.#tracks;
    if (!track || nowMs - this.#toldRoundTripMs < ROUND_TRIP_EVERY_MS) return;
    this.#toldRoundTripMs = nowMs;
    this.peer.sendRtcp([writeDelaySinceReference(track.ssrc, reference)]);
  }

  // One NACK in twenty is lost as well, which the browser finds out a round trip later: too late for the picture.
  #watchLosses(video: EgressTrack): void {
    const { transportCcId } = video.plan;
    if (this.#losses || transportCcId === undefined) return;
    this.#link?.watchLosses();
    const watch = this.#link ?? new LossWatch(transportCcId);
    video.watchLosses(watch);
    this.#losses = watch;
  }

  #noteReport(report: ReceptionReport, nowMs: number): void {
    const track = this.#trackBySsrc(report.ssrc);
    if (track) track.reported = report;
    if (report.lastSr === 0 || report.lastSr !== this.#reportSent.middle) return;
    const heldMs = (report.delaySinceLastSr / 65_536) * 1000;
    this.#hasRoundTrip = true;
    this.#roundTripMs = Math.max(1, nowMs - this.#reportSent.ms - heldMs);
  }

  #keyframe(track: EgressTrack | undefined): ViewerWish | undefined {
    return track?.layer?.kind === 'video' && !track.rests ? { keyframeOf: track.layer } : undefined;
  }

  #trackBySsrc(ssrc: number): EgressTrack | undefined {
    return this.#tracks.find((track) => track.ssrc === ssrc);
  }
}
