import type { PictureFormat } from './codecs/picture-format.ts';
import type { ChoiceReason, LayerChoice } from './layer-chooser.ts';
import type { LayerTraits } from './layer-wish.ts';
import type { CodecName, MediaKind } from './plan.ts';

/** What a media thread measures, as plain data: told by `transport`, shown by the API and `/metrics`. */

/** One encoding as it arrives. What is counted is counted since its publisher connected. */
export interface LayerStats extends LayerTraits {
  /** Empty without simulcast. */
  readonly rid: string;
  readonly bitrateBps: number;
  readonly framesPerSecond: number;
  readonly packets: number;
  /** Never came, asked for again or not. */
  readonly lost: number;
  /** Were lost on the way, and came by RTX. */
  readonly recovered: number;
  /** Packets asked for again. */
  readonly nacked: number;
  readonly jitterMs: number;
  readonly keyframes: number;
  /** From one keyframe to the next, of the last two. */
  readonly keyframeIntervalMs?: number;
  readonly keyframeRequests: number;
  /** Whether a keyframe comes when it is asked for; absent until that was seen. */
  readonly heedsRequests?: boolean;
  /** Pictures that have to wait for a later one, among the last second's: browsers show them in the wrong order. */
  readonly hasBFrames: boolean;
  /** Pictures whose predecessor came too. */
  readonly frames: number;
  /** Pictures that the encoder left out of its own rhythm. */
  readonly skippedFrames: number;
  /** Of sound that is nothing but zeros. */
  readonly silentPackets: number;
  readonly senderReports: number;
  /** Payload that its sender says it sent between its first report and its last. */
  readonly sentBytes: number;
  /** Payload that came in the same time. */
  readonly arrivedBytes: number;
  /** How much faster its timestamps run than its sender's wall clock, in millionths. */
  readonly clockPpm?: number;
  readonly format?: PictureFormat;
}

/** A layer that is made here of another one. */
export interface RenditionStats extends LayerStats {
  readonly codec: CodecName;
  /** From the capture of what its newest picture shows to that picture's coming. */
  readonly delayMs: number;
}

export interface TrackStats {
  readonly kind: MediaKind;
  readonly codec: CodecName;
  /** The parameters that were agreed on (RFC 8866 `a=fmtp`). */
  readonly fmtp: string;
  readonly packets: number;
  readonly lost: number;
  readonly layers: readonly LayerStats[];
}

/** How media goes between the server and a peer. */
export interface TransportPath {
  readonly family: 4 | 6;
  readonly protocol: 'udp' | 'tcp';
}

export interface PublisherStats {
  readonly kind: 'publisher';
  readonly path?: TransportPath;
  /** Absent where the client tells nothing to find it by. */
  readonly roundTripMs?: number;
  readonly refused: number;
  readonly tracks: readonly TrackStats[];
}

/** One track as it goes to a viewer; `lost` and `jitterMs` as he reports them, RTX not counted. */
export interface SentTrackStats {
  readonly kind: MediaKind;
  readonly codec?: CodecName;
  readonly packets: number;
  /** Payload, once each. */
  readonly bytes: number;
  readonly resent: number;
  readonly lost?: number;
  /** Of the last report, 0 to 1. */
  readonly lossShare?: number;
  readonly jitterMs?: number;
}

export interface ViewerStats {
  readonly kind: 'viewer';
  readonly path?: TransportPath;
  readonly roundTripMs?: number;
  readonly nacked: number;
  readonly keyframeRequests: number;
  readonly choice: LayerChoice;
  readonly tracks: readonly SentTrackStats[];
}

export type SessionStats = { readonly sessionId: string } & (PublisherStats | ViewerStats);

/** What loss has cost on the way to or from one peer; the way round depends on whether it publishes or watches. */
export interface RepairCounts {
  /** Packets asked for again. */
  readonly nacked: number;
  /** Packets that came, or went out, once more. */
  readonly resent: number;
  /** PLI and FIR. */
  readonly keyframeRequests: number;
}

export interface TrafficCounts {
  readonly datagrams: number;
  /** UDP payload, or what is written to TCP. */
  readonly bytes: number;
}

export type SpreadName =
  | 'viewer_round_trip_seconds'
  | 'viewer_loss_ratio'
  | 'viewer_jitter_seconds'
  | 'publisher_round_trip_seconds'
  | 'layer_jitter_seconds'
  | 'layer_keyframe_interval_seconds'
  | 'layer_bitrate_bps';

/** How many there are up to this bound, which is infinite at last. */
export interface SpreadStep {
  readonly bound: number;
  readonly count: number;
}

/** How all sessions of a thread fare now, without saying which. */
export interface Spreads {
  readonly counts: readonly { readonly name: SpreadName; readonly steps: readonly SpreadStep[] }[];
  /** Viewers by why they are sent the layer that they are sent. */
  readonly choices: Partial<Record<ChoiceReason, number>>;
}

/** Counted since the thread began. */
export interface ThreadStats {
  readonly publishers: number;
  readonly viewers: number;
  readonly received: TrafficCounts;
  readonly sent: TrafficCounts;
  /** Packets that the kernel did not take, or that a slow TCP connection was not given. */
  readonly unsent: number;
  /** Packets of publishers that were malformed, not authentic, replayed, or of no agreed kind. */
  readonly refused: number;
  /** How often it read too late what another thread told, and its viewers missed packets. */
  readonly overruns: number;
  /** Asked of publishers. */
  readonly ingest: RepairCounts;
  /** Asked by viewers. */
  readonly egress: RepairCounts;
  readonly spreads: Spreads;
  readonly busySeconds: number;
  /** How late the event loop was, since the last time this was asked. */
  readonly loopDelayMs: { readonly median: number; readonly p99: number; readonly max: number };
}

/** One media thread as the main thread sees it. */
export type ThreadReport = { readonly thread: number } & (
  | { readonly isUp: false }
  | ({ readonly isUp: true } & ThreadStats)
);
