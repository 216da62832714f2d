import type { LayerWish } from '../media/layer-wish.ts';
import type { CandidateAddress, CodecName, EgressPlan, IceCredentials, IngestPlan } from '../media/plan.ts';
import type { RenditionStats, SessionStats, TrackStats } from '../media/stats.ts';
import type { Advice } from './advice.ts';
import type { ClientKind } from './client-kind.ts';
import type { PlayReport } from './play-report.ts';

export type { CandidateAddress } from '../media/plan.ts';
export type { LayerStats, RenditionStats, SessionStats, TrackStats } from '../media/stats.ts';

/** Why a session or a stream ended; stored with the row and told to whoever is left. */
export type EndReason =
  | 'deleted' // DELETE by the client
  | 'closed_by_peer' // DTLS close_notify
  | 'consent_lapsed' // RFC 7675
  | 'not_connected' // never got ICE and DTLS up in time
  | 'taken_over' // the same channel was published anew
  | 'stopped' // by the API
  | 'publisher_gone' // did not return within the grace time
  | 'key_revoked'
  | 'failed' // DTLS or an internal error
  | 'shutdown'
  | 'crash' // found open at a start
  | 'codec_changed' // the publisher sends what this viewer did not offer
  | 'key_expired'
  | 'token_revoked' // of the viewer
  | 'token_expired' // of the viewer
  | 'made_private'; // the channel, and this viewer has no token

/** A publisher comes by WHIP, a viewer by WHEP. */
export type SessionKind = 'publisher' | 'viewer';

/** What an answer says about the media thread that will hold the session. */
export interface MediaEndpoint {
  /** Its number, to be said when the session is opened. */
  readonly thread: number;
  readonly candidates: readonly CandidateAddress[];
  /** `sha-256 AA:BB:…` of the certificate every media thread uses. */
  readonly fingerprint: string;
}

export type MediaEvent =
  | { readonly type: 'connected'; readonly sessionId: string }
  /** `detail`: what OpenSSL or the engine said of it, for the log. */
  | { readonly type: 'ended'; readonly sessionId: string; readonly reason: EndReason; readonly detail?: string }
  /** A connected publisher whose media flowed is not heard of any more, and is again; its session goes on. */
  | { readonly type: 'silent' | 'resumed'; readonly sessionId: string }
  /** A viewer's data channel for texts is open, or not any more; it also ends with its session, without a word. */
  | { readonly type: 'text_opened'; readonly sessionId: string }
  | { readonly type: 'text_closed'; readonly sessionId: string }
  /** What a viewer said there. */
  | { readonly type: 'text'; readonly sessionId: string; readonly text: string }
  /** About once a second for each stream with a publisher. */
  | {
      readonly type: 'stats';
      readonly streamId: string;
      readonly tracks: readonly TrackStats[];
      /** What is made here of its picture. */
      readonly renditions: readonly RenditionStats[];
    }
  /** About once a second while viewers on a thread have, or could do with, what is made here of a stream's picture. */
  | { readonly type: 'wanting'; readonly streamId: string }
  /** Payload that a thread sent to a stream's viewers since it told last, about once a second while there is some. */
  | { readonly type: 'sent'; readonly streamId: string; readonly bytes: number };

export interface OpenPublisher {
  readonly sessionId: string;
  readonly streamId: string;
  readonly thread: number;
  readonly plan: IngestPlan;
}

export interface OpenViewer {
  readonly sessionId: string;
  readonly streamId: string;
  readonly thread: number;
  readonly plan: EgressPlan;
}

/** The media thread of this stream is being replaced: nobody's fault, and soon over. */
export class MediaUnavailable extends Error {
  override readonly name = 'MediaUnavailable';
}

/** The media threads as the domain sees them. Implemented by `transport/media-plane.ts`. */
export interface MediaPlane {
  /** Where a session to be opened will be: a stream's publishers always on the same thread. Throws `MediaUnavailable`. */
  endpointFor(kind: 'publisher' | 'viewer', streamId: string): MediaEndpoint;
  /** Of every thread that runs now. */
  endpoints(): readonly MediaEndpoint[];
  /** Where an open session is. Throws `MediaUnavailable`. */
  endpointOf(sessionId: string): MediaEndpoint;
  /** Resolves once the session answers STUN, or rejects with `MediaUnavailable`. A stream whose publisher left keeps its viewers until `closeStream`. */
  openPublisher(request: OpenPublisher): Promise<void>;
  /** Resolves once the session answers STUN, or rejects with `MediaUnavailable`. */
  openViewer(request: OpenViewer): Promise<void>;
  /** New credentials on a kept session (RFC 8445 section 9); DTLS and SRTP go on. */
  restartIce(sessionId: string, local: IceCredentials, remote: IceCredentials): Promise<void>;
  /** What a viewer asks for from now on, in place of what it asked for before. */
  chooseLayer(sessionId: string, wish: LayerWish): Promise<void>;
  /** To each of these viewers who has a data channel open. One who does not keep up loses it. */
  sendText(sessionIds: readonly string[], text: string): void;
  /** Idempotent. Sends close_notify, forgets the session at once, reports no `ended`. */
  closeSession(sessionId: string): Promise<void>;
  /** Idempotent. Closes the publisher and every viewer, reports no `ended`. */
  closeStream(streamId: string): Promise<void>;
  /** Of those sessions that are connected, in any order; asked for when somebody looks. */
  sessionStats(sessionIds: readonly string[]): Promise<readonly SessionStats[]>;
  /** The one listener; set before the first session opens. */
  onEvent(listener: (event: MediaEvent) => void): void;
}

/** Hears what viewers say on their data channels. Implemented by `chat/`. Nothing here may throw. */
export interface TextListener {
  opened(sessionId: string): void;
  said(sessionId: string, text: string): void;
  /** Follows every opening once, at the latest when the session ends. */
  closed(sessionId: string): void;
}

/** Now, over the whole server. */
export interface StreamTotals {
  readonly live: number;
  /** Without a publisher, and its viewers waiting. */
  readonly reconnecting: number;
  /** Connected ones. */
  readonly viewers: number;
}

/** Hears what becomes of every session. Implemented by `metrics/`. Nothing here may throw. */
export interface SessionMeter {
  opened(kind: SessionKind): void;
  /** `afterMs`: since it was opened. */
  connected(kind: SessionKind, afterMs: number): void;
  /** Once, connected or not. */
  ended(kind: SessionKind, reason: EndReason): void;
}

/** What became of a stream, as somebody far away may want to hear it. */
export type StreamEvent = {
  readonly at: Date;
  readonly channel: { readonly id: string; readonly slug: string };
  readonly stream: { readonly id: string; readonly title: string; readonly startedAt: Date };
} & (
  | { readonly type: 'started'; readonly codecs: readonly CodecName[] }
  | { readonly type: 'ended'; readonly reason: EndReason; readonly peakViewers: number }
  /** Without a publisher, and its viewers waiting. */
  | { readonly type: 'reconnecting' }
  | { readonly type: 'viewer_peak'; readonly viewers: number }
  | { readonly type: 'advice_raised'; readonly advice: Advice }
);

/** Implemented by `webhooks/`. */
export interface StreamWitness {
  /** Resolves once it is durable; tried again when it rejects. Those of one stream come in order. */
  happened(event: StreamEvent): Promise<void>;
}

export interface StreamRecord {
  readonly id: string;
  readonly channelId: string;
  readonly title: string;
  readonly startedAt: Date;
}

/** One that a crash cut off, with its honest end. */
export interface CrashedStream extends StreamRecord {
  readonly slug: string;
  readonly endedAt: Date;
  readonly peakViewers: number;
}

export interface ViewerJoin {
  readonly id: string;
  readonly at: Date;
  /** 8 bytes as hexadecimal, by which the visitors of the stream are told apart; absent where nobody is known. */
  readonly mark?: string;
  readonly client?: ClientKind;
}

export interface ViewerLeave {
  readonly id: string;
  readonly at: Date;
  readonly reason: EndReason;
}

/** What is known by now of one viewer's watching. */
export interface ViewerPlay extends PlayReport {
  readonly id: string;
}

/** How a stream went for the `spanSeconds` up to `at`. */
export interface StreamSample {
  readonly streamId: string;
  readonly at: Date;
  readonly spanSeconds: number;
  /** The most at once. */
  readonly viewers: number;
  readonly ingestBps: number;
  /** Payload sent to all viewers together. */
  readonly egressBps: number;
  /** Of the publisher's packets, lost on the way here, 0 to 1. */
  readonly lossShare?: number;
  readonly framesPerSecond?: number;
}

/** What is kept of streams and viewers. Implemented by `db/streams.ts`. Every promise resolves once the row is durable. */
export interface StreamStore {
  /** Whether it answers at all; never rejects. */
  isThere(): Promise<boolean>;
  start(stream: StreamRecord): Promise<void>;
  /** Idempotent: the first end stands. Closes the stream's open viewer sessions with the same time, and sums it all up. */
  end(streamId: string, end: { at: Date; reason: EndReason; peakViewers: number }): Promise<void>;
  /** What is being sent, as far as known. */
  describe(streamId: string, codecs: readonly CodecName[], size?: { width: number; height: number }): Promise<void>;
  /** Idempotent. */
  viewersJoined(streamId: string, viewers: readonly ViewerJoin[]): Promise<void>;
  /** Idempotent: the first leaving stands. */
  viewersLeft(viewers: readonly ViewerLeave[]): Promise<void>;
  /** Idempotent; what is told replaces what was told before. */
  viewersPlayed(viewers: readonly ViewerPlay[]): Promise<void>;
  /** Idempotent. Those of streams without a row are left out. */
  addSamples(samples: readonly StreamSample[]): Promise<void>;
  /** Written every few seconds for live streams, so that a crash can be given an honest end time. */
  heartbeat(streamIds: readonly string[], at: Date): Promise<void>;
  /**
   * Ends what a crash left open, at the last heartbeat, with reason `crash`: all of it, or what had no heartbeat since
   * `seenBefore`, where other servers may have live streams in the same database.
   */
  closeLeftOpen(seenBefore?: Date): Promise<readonly CrashedStream[]>;
}

/** A stream as its row tells it, over or not. */
export interface StreamHistoryRecord extends StreamRecord {
  readonly endedAt: Date | null;
  readonly endReason: EndReason | null;
  readonly codecs: readonly CodecName[];
  readonly width: number | null;
  readonly height: number | null;
  /** Of the largest picture that was sent. */
  readonly maxWidth: number | null;
  readonly maxHeight: number | null;
  /** Of a stream that goes on, this and the following are as of the last ten seconds. */
  readonly peakViewers: number;
  readonly uniqueViewers: number;
  /** Of all viewers together. */
  readonly watchSeconds: number;
  /** While it came. */
  readonly averageIngestBps: number | null;
  /** The most in ten seconds. */
  readonly peakIngestBps: number | null;
}

/** The read side of the same rows. Implemented by `db/streams.ts`. */
export interface StreamHistory {
  /** Newest first; `after` is the id of the last stream of the page before. */
  history(channelId: string, page: { limit: number; after?: string }): Promise<readonly StreamHistoryRecord[]>;
  byId(streamId: string): Promise<StreamHistoryRecord | undefined>;
  /** When the last stream of each channel ended; without those that never had one. */
  lastEnds(channelIds: readonly string[]): Promise<ReadonlyMap<string, Date>>;
  /** With all that is known of its viewers. False, and nothing done, where it goes on. */
  delete(streamId: string): Promise<boolean>;
}

/** A stream whose media may be taken elsewhere. `mediaId`: what the media plane knows it by. */
export interface SunkStream {
  readonly id: string;
  readonly mediaId: string;
  readonly channelId: string;
  readonly title: string;
  readonly isRecorded: boolean;
  /** May be sent in lower qualities that are made here. */
  readonly isAdaptive: boolean;
}

/** Takes the media of streams somewhere else. Implemented by `recording/` and `renditions/`. Nothing here may throw. */
export interface StreamSink {
  /** It is live, or its channel's settings changed. */
  live(stream: SunkStream): void;
  /** Idempotent. */
  ended(streamId: string): void;
}

/** Hears who could do with smaller pictures than are published. Implemented by `renditions/`. Nothing here may throw. */
export interface RenditionWitness {
  /** Told about once a second as long as it is so. */
  wanted(streamId: string): void;
}

/** What media threads tell of a stream, for those who take it elsewhere. Implemented by the media plane. */
export interface MediaTap {
  /** The thread on whose ring it can be heard once `tap` was called; `undefined` before it is published. */
  homeOf(streamId: string): number | undefined;
  /** `by`: a name of its own for each who listens. */
  tap(streamId: string, by: string): void;
  /** Idempotent. */
  untap(streamId: string, by: string): void;
}
