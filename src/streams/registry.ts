import type { Logger } from 'pino';
import { answerFragment } from '../sdp/fragment.ts';
import { Audience, type JoinRequest, type PlayRequest } from './audience.ts';
import { Broadcasts } from './broadcasts.ts';
import { type Clock, systemClock } from './clock.ts';
import { Endings } from './endings.ts';
import { StreamError } from './errors.ts';
import { Heartbeat } from './heartbeat.ts';
import { unanswered } from './ice-session.ts';
import { Ingest, type PublishRequest } from './ingest.ts';
import { shuttingDown, whileMediaRuns } from './interruptions.ts';
import { KeyWatch } from './key-watch.ts';
import { checkLayerRequest, type LayerRequest } from './layer-request.ts';
import { type LiveListener, LiveListeners, type LiveSnapshot, OFFLINE } from './live-events.ts';
import type { StreamChannel } from './live-snapshot.ts';
import { mediaHeard } from './media-heard.ts';
import { Offers } from './offers.ts';
import { localSide, type OfferedSession, type OpenedSession, Openings } from './openings.ts';
import { Passes } from './passes.ts';
import type { PlayReport } from './play-report.ts';
import type {
  EndReason,
  MediaPlane,
  RenditionWitness,
  SessionKind,
  SessionMeter,
  StreamSink,
  StreamStore,
  StreamTotals,
  StreamWitness,
  TextListener,
} from './ports.ts';
import { Sampling } from './sampling.ts';
import { type ReportPage, type SessionReport, SessionReports } from './session-reports.ts';
import { type Session, SessionTable } from './session-table.ts';
import { ViewerTexts } from './viewer-texts.ts';
import type { ViewerVideo } from './viewer-video.ts';
import { Viewings } from './viewings.ts';
import { Visitors } from './visitors.ts';

const TICK_MS = 1_000;
const DEFAULT_MAX_SESSIONS = 10_000;
/** Of all sessions one in so many may wait for the answer to our offer. */
const UNANSWERED_SHARE = 10;

export interface RegistryOptions {
  readonly media: MediaPlane;
  readonly store: StreamStore;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly maxSessions?: number;
  readonly meter?: SessionMeter;
  readonly witness?: StreamWitness;
  readonly texts?: TextListener;
  readonly sinks?: readonly StreamSink[];
  readonly renditions?: RenditionWitness;
}

/** A restart has new credentials to tell the client; a trickled candidate needs no word. */
export type PatchResult =
  | { readonly type: 'trickled' }
  | { readonly type: 'restarted'; readonly fragment: string; readonly etag: string };

export interface Viewing {
  readonly channelId: string;
  /** As agreed on by now. */
  readonly video: ViewerVideo | undefined;
}

/** The heart of the domain: what is live, who publishes, who watches. */
export class StreamRegistry {
  readonly keys: KeyWatch;
  readonly passes = new Passes();
  readonly viewings: Viewings;
  readonly #media: MediaPlane;
  readonly #clock: Clock;
  readonly #maxSessions: number;
  readonly #broadcasts: Broadcasts;
  readonly #sessions: SessionTable;
  readonly #endings: Endings;
  readonly #openings: Openings;
  readonly #audience: Audience;
  readonly #ingest: Ingest;
  readonly #reports: SessionReports;
  readonly #offers: Offers;
  readonly #listeners = new LiveListeners();
  readonly #heartbeat: Heartbeat;
  readonly #sampling: Sampling;
  #cancelTick: () => void = () => {};
  #closing: Promise<void> | undefined;

  constructor(options: RegistryOptions) {
    const { media, store, log, meter, witness, sinks = [], renditions, clock = systemClock } = options;
    const { maxSessions = DEFAULT_MAX_SESSIONS } = options;
    this.#media = media;
    this.#clock = clock;
    this.#maxSessions = maxSessions;
    this.#offers = new Offers({ max: Math.ceil(maxSessions / UNANSWERED_SHARE) });
    this.#sessions = new SessionTable(meter);
    this.#reports = new SessionReports({ sessions: this.#sessions, media });
    this.#broadcasts = new Broadcasts({ store, listeners: this.#listeners, clock, log, witness, sinks, renditions });
    const shared = { media, sessions: this.#sessions, clock };
    this.#endings = new Endings({ ...shared, broadcasts: this.#broadcasts, log });
    this.keys = new KeyWatch({ broadcasts: this.#broadcasts, endings: this.#endings });
    this.#openings = new Openings({ ...shared, endings: this.#endings, offers: this.#offers, passes: this.passes });
    const entry = { broadcasts: this.#broadcasts, endings: this.#endings, openings: this.#openings };
    const visitors = new Visitors();
    this.#audience = new Audience({ ...entry, visitors });
    this.viewings = new Viewings({ broadcasts: this.#broadcasts, passes: this.passes, visitors, clock });
    this.#ingest = new Ingest({ ...entry, admit: () => this.#admit() });
    this.#heartbeat = new Heartbeat({ store, witness, log, nowMs: clock.now() });
    this.#sampling = new Sampling({ store, log, nowMs: clock.now() });
    const texts = new ViewerTexts({ sessions: this.#sessions, listener: options.texts });
    const heard = { broadcasts: this.#broadcasts, sessions: this.#sessions, endings: this.#endings, texts, clock };
    media.onEvent((event) => mediaHeard(event, heard));
    this.#armTick();
  }

  /** Throws `SdpError` and `StreamError`. A publisher already there is replaced once this one connects. */
  publish(request: PublishRequest): Promise<OpenedSession> {
    return this.#ingest.publish(request);
  }

  /** Throws `SdpError` and `StreamError`. */
  async play(request: PlayRequest): Promise<OpenedSession> {
    this.#admit();
    return this.#audience.play(request);
  }

  /** For a viewer who can not offer: what he has to answer in time. Throws `StreamError`. */
  async offer(request: JoinRequest): Promise<OfferedSession> {
    this.#admit();
    return this.#audience.offer(request);
  }

  /** His answer; what names the session's ICE from then on. Throws `SdpError` and `StreamError`. */
  async answer(sessionId: string, text: string, ifMatch: string | undefined): Promise<string> {
    const session = this.#session('viewer', sessionId);
    if (ifMatch !== undefined) session.ice.check(ifMatch);
    await whileMediaRuns(() => this.#openings.answered(session, text));
    return session.ice.etag;
  }

  /** Throws `SdpError` and `StreamError`. A failed restart leaves the session as it was. */
  async patch(kind: SessionKind, sessionId: string, text: string, ifMatch: string | undefined): Promise<PatchResult> {
    const session = this.#session(kind, sessionId);
    const change = session.ice.patch(text, ifMatch);
    if (change.type === 'trickled') return change;
    try {
      await this.#media.restartIce(sessionId, session.ice.local, change.remote);
    } catch (error) {
      change.undo();
      throw error;
    }
    this.#openings.mustStillBeOpen(session);
    const local = localSide(this.#media.endpointOf(sessionId), session.ice);
    const fragment = answerFragment(local, { mid: session.mid, isShort: change.needsShortAnswer });
    return { type: 'restarted', fragment, etag: session.ice.etag };
  }

  /** Throws `no_session` and `no_layer`; what was asked for before then stands. */
  async chooseLayer(sessionId: string, request: LayerRequest): Promise<void> {
    const session = this.#session('viewer', sessionId);
    if (!session.ice.remote) throw unanswered();
    checkLayerRequest(request, session.video, session.broadcast);
    await this.#media.chooseLayer(sessionId, request.wish);
  }

  /** What a viewer's session watches. `atEnd` runs once, when it ends. Throws `no_session`. */
  viewing(sessionId: string, atEnd: () => void): Viewing {
    const session = this.#session('viewer', sessionId);
    this.#sessions.atEnd(session, atEnd);
    return {
      channelId: session.broadcast.stream.channelId,
      get video() {
        return session.video;
      },
    };
  }

  /** What a viewer's player says of itself, maybe a moment after its session ended. Throws `no_session`. */
  played(sessionId: string, report: PlayReport): void {
    const session = this.#sessions.get(sessionId) ?? this.#sessions.ended(sessionId);
    if (session?.kind !== 'viewer') throw new StreamError('no_session', 'There is no such session.');
    session.broadcast.viewerPlayed(sessionId, report);
  }

  /** Whether such a session is open; a GET of its resource asks this. */
  has(kind: SessionKind, sessionId: string): boolean {
    return this.#sessions.get(sessionId)?.kind === kind;
  }

  /** The client's own DELETE. Also of a session that just ended: some clients close first and DELETE then, twice. */
  async delete(kind: SessionKind, sessionId: string): Promise<void> {
    const session = this.#sessions.get(sessionId) ?? this.#sessions.ended(sessionId);
    if (session?.kind !== kind) throw new StreamError('no_session', 'There is no such session.');
    this.#endings.sessionEnded(session, 'deleted');
    await this.#media.closeSession(sessionId);
  }

  /** Ends the channel's stream and its publisher. Whether there was one. */
  stop(channelId: string, reason: EndReason = 'stopped'): boolean {
    const broadcast = this.#broadcasts.ofChannel(channelId);
    if (broadcast && !broadcast.stream.isVacant) this.#endings.endBroadcast(broadcast, reason);
    return broadcast?.stream.startedAtMs !== undefined;
  }

  /** Ends one session of the channel, by the tag that reports have. One that is not there is as it shall be. */
  disconnect(channelId: string, tag: string): void {
    const broadcast = this.#broadcasts.ofChannel(channelId);
    const session = broadcast && this.#sessions.of(broadcast).find((one) => one.tag === tag);
    if (session) this.#endings.closeSession(session.id, 'stopped');
  }

  /** Who waits on a channel that lets nobody wait any more is sent away; viewers of what is on stay to its end. */
  channelChanged(channel: StreamChannel): void {
    const broadcast = this.#broadcasts.ofChannel(channel.id);
    if (!broadcast) return;
    broadcast.channel = channel;
    if (broadcast.stream.isVacant && !channel.acceptsWaitingViewers) this.#endings.endBroadcast(broadcast, 'stopped');
  }

  live(channelId: string): LiveSnapshot {
    return this.#broadcasts.ofChannel(channelId)?.snapshot ?? OFFLINE;
  }

  liveChannelIds(): string[] {
    return this.#broadcasts.live().map(({ stream }) => stream.channelId);
  }

  /** Who publishes and who watches now. */
  async sessionReports(channelId: string, page: { limit: number; after?: string | undefined }): Promise<ReportPage> {
    const broadcast = this.#broadcasts.ofChannel(channelId);
    return broadcast ? this.#reports.page(broadcast, page) : { reports: [], next: undefined };
  }

  /** Throws `no_session`. */
  sessionReport(kind: SessionKind, sessionId: string): Promise<SessionReport> {
    return this.#reports.one(kind, sessionId);
  }

  totals(): StreamTotals {
    return this.#broadcasts.totals();
  }

  /** The returned function ends it. Listeners must not throw. */
  subscribe(channelId: string, listener: LiveListener): () => void {
    return this.#listeners.add(channelId, listener);
  }

  /** Ends every stream; resolves once their rows are written, or after a few seconds. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #armTick(): void {
    this.#cancelTick = this.#clock.after(TICK_MS, () => {
      this.#tick(this.#clock.now());
      this.#armTick();
    });
  }

  #tick(nowMs: number): void {
    this.keys.endOverdue(nowMs);
    this.passes.endOverdue(nowMs);
    this.viewings.expire(nowMs);
    this.#endings.endOverdue(nowMs);
    for (const session of this.#offers.lapsed(nowMs)) this.#endings.sessionEnded(session, 'not_connected');
    this.#sessions.expire(nowMs);
    const live = this.#broadcasts.live();
    this.#heartbeat.beat(
      live.map(({ stream }) => stream.id),
      nowMs,
    );
    this.#sampling.tick(live, nowMs);
  }

  async #close(): Promise<void> {
    this.#cancelTick();
    for (const broadcast of this.#broadcasts.all()) this.#endings.endBroadcast(broadcast, 'shutdown');
    await this.#broadcasts.drained();
  }

  #admit(): void {
    if (this.#closing) throw shuttingDown();
    if (this.#sessions.size >= this.#maxSessions) {
      throw new StreamError('at_capacity', 'The server has as many sessions as it can take.');
    }
  }

  #session(kind: SessionKind, sessionId: string): Session {
    const session = this.#sessions.get(sessionId);
    if (session?.kind !== kind) throw new StreamError('no_session', 'There is no such session.');
    return session;
  }
}
