import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { IngestPlan } from '../media/plan.ts';
import { ownerOf, videoIndexOf } from '../sdp/answer.ts';
import { answerFragment } from '../sdp/fragment.ts';
import { type Offer, parseOffer } from '../sdp/offer.ts';
import { answerPlay } from '../sdp/play-answer.ts';
import { answerPublish, type LocalSide } from '../sdp/publish-answer.ts';
import type { Broadcast } from './broadcast.ts';
import { Broadcasts } from './broadcasts.ts';
import { type Clock, systemClock } from './clock.ts';
import { StreamError } from './errors.ts';
import { Heartbeat } from './heartbeat.ts';
import { IceSession } from './ice-session.ts';
import { shuttingDown, stoppedMeanwhile, whileMediaRuns } from './interruptions.ts';
import { checkLayerRequest, type LayerRequest } from './layer-request.ts';
import { type LiveListener, LiveListeners, type LiveSnapshot, OFFLINE } from './live-events.ts';
import type {
  EndReason,
  MediaEndpoint,
  MediaEvent,
  MediaPlane,
  SessionKind,
  SessionMeter,
  StreamStore,
  StreamTotals,
} from './ports.ts';
import { type EndedSession, newSession, type Session, SessionTable } from './session-table.ts';
import { Turns } from './turns.ts';

const TICK_MS = 1_000;
const DEFAULT_MAX_SESSIONS = 10_000;

export interface RegistryOptions {
  readonly media: MediaPlane;
  readonly store: StreamStore;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly maxSessions?: number;
  readonly meter?: SessionMeter;
}

/** What a POST is answered with. */
export interface OpenedSession {
  readonly sessionId: string;
  readonly answer: string;
  readonly etag: string;
}

/** A restart has new credentials to tell the client; a trickled candidate needs no word. */
export type PatchResult =
  | { readonly type: 'trickled' }
  | { readonly type: 'restarted'; readonly fragment: string; readonly etag: string };

export interface Viewing {
  readonly channelId: string;
  /** Of the m-lines of the viewer's offer, the one that its video has. */
  readonly videoIndex: number | undefined;
}

export interface PublishingChannel {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
}

/** The heart of the domain: what is live, who publishes, who watches. */
export class StreamRegistry {
  readonly #media: MediaPlane;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #maxSessions: number;
  readonly #broadcasts: Broadcasts;
  readonly #sessions: SessionTable;
  readonly #listeners = new LiveListeners();
  readonly #turns = new Turns();
  readonly #heartbeat: Heartbeat;
  #cancelTick: () => void = () => {};
  #closing: Promise<void> | undefined;

  constructor({ media, store, log, meter, clock = systemClock, maxSessions = DEFAULT_MAX_SESSIONS }: RegistryOptions) {
    this.#media = media;
    this.#log = log;
    this.#clock = clock;
    this.#maxSessions = maxSessions;
    this.#sessions = new SessionTable(meter);
    this.#broadcasts = new Broadcasts({ store, listeners: this.#listeners, clock, log });
    this.#heartbeat = new Heartbeat({ store, log, nowMs: clock.now() });
    media.onEvent((event) => this.#onMedia(event));
    this.#armTick();
  }

  /** Throws `SdpError` and `StreamError`. A publisher already there is replaced once this one connects. */
  async publish(request: { channel: PublishingChannel; offer: string; keyId?: string }): Promise<OpenedSession> {
    this.#admit();
    const offer = parseOffer(request.offer);
    return this.#turns.take(request.channel.id, () =>
      whileMediaRuns(() => this.#publish(request.channel, offer, request.keyId)),
    );
  }

  /** Throws `SdpError` and `StreamError`. */
  async play({ channelId, offer: text }: { channelId: string; offer: string }): Promise<OpenedSession> {
    this.#admit();
    const broadcast = this.#broadcasts.ofChannel(channelId);
    if (!broadcast?.stream.isWatchable) throw new StreamError('not_live', 'Nobody is live on this channel now.');
    const offer = parseOffer(text);
    return whileMediaRuns(() => this.#play(broadcast, offer));
  }

  /** Throws `SdpError` and `StreamError`. A failed restart leaves the session as it was. */
  async patch(kind: SessionKind, sessionId: string, text: string, ifMatch: string | undefined): Promise<PatchResult> {
    const session = this.#session(kind, sessionId);
    const change = session.ice.patch(text, ifMatch);
    if (change.type === 'trickled') return change;
    try {
      await this.#media.restartIce(sessionId, session.ice.local, session.ice.remote);
    } catch (error) {
      change.undo();
      throw error;
    }
    this.#mustStillBeOpen(session);
    const fragment = answerFragment(localSide(this.#media.endpointOf(sessionId), session.ice), session.mid);
    return { type: 'restarted', fragment, etag: session.ice.etag };
  }

  /** Throws `no_session` and `no_layer`; what was asked for before then stands. */
  async chooseLayer(sessionId: string, request: LayerRequest): Promise<void> {
    const session = this.#session('viewer', sessionId);
    checkLayerRequest(request, session.videoIndex, session.broadcast.stream);
    await this.#media.chooseLayer(sessionId, request.wish);
  }

  /** What a viewer's session watches. `atEnd` runs once, when it ends. Throws `no_session`. */
  viewing(sessionId: string, atEnd: () => void): Viewing {
    const session = this.#session('viewer', sessionId);
    this.#sessions.atEnd(session, atEnd);
    return { channelId: session.broadcast.stream.channelId, videoIndex: session.videoIndex };
  }

  /** Whether such a session is open; a GET of its resource asks this. */
  has(kind: SessionKind, sessionId: string): boolean {
    return this.#sessions.get(sessionId)?.kind === kind;
  }

  /** The client's own DELETE. Also of a session that just ended: some clients close first and DELETE then, twice. */
  async delete(kind: SessionKind, sessionId: string): Promise<void> {
    const session = this.#sessions.get(sessionId) ?? this.#sessions.ended(sessionId);
    if (session?.kind !== kind) throw new StreamError('no_session', 'There is no such session.');
    this.#ended(session, 'deleted');
    await this.#media.closeSession(sessionId);
  }

  /** Ends the channel's stream and its publisher. Whether there was one. */
  stop(channelId: string, reason: EndReason = 'stopped'): boolean {
    const broadcast = this.#broadcasts.ofChannel(channelId);
    if (broadcast) this.#end(broadcast, reason);
    return broadcast?.stream.startedAtMs !== undefined;
  }

  /** Whoever publishes with this key is stopped. */
  revokeKey(channelId: string, keyId: string): void {
    for (const sessionId of this.#broadcasts.ofChannel(channelId)?.stream.publishersWithKey(keyId) ?? []) {
      this.#closePublisher(sessionId, 'key_revoked');
    }
  }

  live(channelId: string): LiveSnapshot {
    return this.#broadcasts.ofChannel(channelId)?.snapshot ?? OFFLINE;
  }

  liveChannelIds(): string[] {
    return this.#broadcasts.live().map(({ stream }) => stream.channelId);
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

  async #play(broadcast: Broadcast, offer: Offer): Promise<OpenedSession> {
    const { stream } = broadcast;
    const ice = new IceSession(offer.peer.ice);
    const openedAtMs = this.#clock.now();
    const endpoint = this.#media.endpointFor('viewer', stream.id);
    const { plan, answer } = answerPlay(offer, localSide(endpoint, ice), stream.sources, random32);
    const mid = ownerOf(offer, plan.tracks);
    const videoIndex = videoIndexOf(offer, plan.tracks);
    const session = newSession({ kind: 'viewer', broadcast, ice, mid, videoIndex, openedAtMs });
    this.#sessions.add(session);
    try {
      await this.#media.openViewer({ sessionId: session.id, streamId: stream.id, thread: endpoint.thread, plan });
    } catch (error) {
      this.#sessions.end(session, 'failed', this.#clock.now());
      throw error;
    }
    this.#mustStillBeOpen(session);
    return { sessionId: session.id, answer, etag: session.ice.etag };
  }

  async #publish(channel: PublishingChannel, offer: Offer, keyId: string | undefined): Promise<OpenedSession> {
    if (this.#closing) throw shuttingDown();
    const broadcast = this.#broadcasts.claim(channel);
    const { stream } = broadcast;
    const ice = new IceSession(offer.peer.ice);
    try {
      const openedAtMs = this.#clock.now();
      const endpoint = this.#media.endpointFor('publisher', stream.id);
      const { plan, answer } = answerPublish(offer, localSide(endpoint, ice));
      const mid = ownerOf(offer, plan.tracks);
      const session = newSession({ kind: 'publisher', broadcast, ice, mid, openedAtMs });
      await this.#openPublisher(session, endpoint.thread, plan, keyId);
      return { sessionId: session.id, answer, etag: ice.etag };
    } finally {
      if (stream.isVacant) this.#end(broadcast, 'failed');
    }
  }

  async #openPublisher(session: Session, thread: number, plan: IngestPlan, keyId: string | undefined): Promise<void> {
    const { stream } = session.broadcast;
    const sources = plan.tracks.flatMap(({ kind, payloads: [payload], mayHaveLayers, rids }) =>
      payload ? [{ kind, codec: payload.codec, hasLayers: mayHaveLayers, rids }] : [],
    );
    this.#sessions.add(session);
    const superseded = stream.publisherAnswered({ sessionId: session.id, keyId, sources });
    if (superseded !== undefined) this.#closePublisher(superseded, 'taken_over');
    try {
      await this.#media.openPublisher({ sessionId: session.id, streamId: stream.id, thread, plan });
    } catch (error) {
      this.#ended(session, 'failed');
      throw error;
    }
    this.#mustStillBeOpen(session);
  }

  #onMedia(event: MediaEvent): void {
    if (event.type === 'stats') {
      this.#broadcasts.ofStream(event.streamId)?.measured(event.tracks);
      return;
    }
    const session = this.#sessions.get(event.sessionId);
    if (!session) return;
    if (event.type === 'ended') {
      this.#ended(session, event.reason, event.detail);
      return;
    }
    if (event.type !== 'connected') {
      session.broadcast.publisherHeard(session.id, event.type);
      return;
    }
    this.#sessions.connected(session, this.#clock.now());
    if (session.kind === 'publisher') session.broadcast.publisherConnected(session.id);
    else session.broadcast.viewerConnected(session.id);
  }

  /** A session is over, as the media plane or its client says; maybe once more after it was. */
  #ended(session: EndedSession, reason: EndReason, detail?: string): void {
    const { broadcast } = session;
    const wasOpen = this.#sessions.end(session, reason, this.#clock.now());
    if (wasOpen) broadcast.log.info({ session: session.tag, kind: session.kind, reason, detail }, 'session ended');
    if (broadcast.stream.state === 'ended') return;
    if (session.kind === 'viewer') {
      broadcast.viewerLeft(session.id, reason);
      return;
    }
    const over = broadcast.publisherEnded(session.id, reason);
    if (over !== undefined) this.#end(broadcast, over);
  }

  #closePublisher(sessionId: string, reason: EndReason): void {
    const session = this.#sessions.get(sessionId) ?? this.#sessions.ended(sessionId);
    if (!session) return;
    this.#ended(session, reason);
    this.#own(this.#media.closeSession(sessionId), 'session was not closed');
  }

  #end(broadcast: Broadcast, reason: EndReason): void {
    if (!this.#broadcasts.end(broadcast, reason)) return;
    for (const session of this.#sessions.of(broadcast)) this.#sessions.end(session, reason, this.#clock.now());
    this.#own(this.#media.closeStream(broadcast.stream.id), 'stream was not closed');
  }

  #armTick(): void {
    this.#cancelTick = this.#clock.after(TICK_MS, () => {
      this.#tick(this.#clock.now());
      this.#armTick();
    });
  }

  #tick(nowMs: number): void {
    for (const broadcast of this.#broadcasts.all()) {
      const over = broadcast.stream.due(nowMs);
      if (over !== undefined) this.#end(broadcast, over);
    }
    this.#sessions.expire(nowMs);
    const liveIds = this.#broadcasts.live().map(({ stream }) => stream.id);
    this.#heartbeat.beat(liveIds, nowMs);
  }

  async #close(): Promise<void> {
    this.#cancelTick();
    for (const broadcast of this.#broadcasts.all()) this.#end(broadcast, 'shutdown');
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

  /** Streams may be stopped while the media plane opens a session on them. */
  #mustStillBeOpen(session: Session): void {
    if (this.#sessions.get(session.id)) return;
    this.#own(this.#media.closeSession(session.id), 'session was not closed');
    throw stoppedMeanwhile();
  }

  /** For what nobody waits for. */
  #own(work: Promise<unknown>, problem: string): void {
    work.catch((error: unknown) => this.#log.error({ err: error }, problem));
  }
}

function localSide({ candidates, fingerprint }: MediaEndpoint, { local }: IceSession): LocalSide {
  return { ice: local, fingerprint, candidates, sessionId: String(randomBytes(6).readUIntBE(0, 6)) };
}

function random32(): number {
  return randomBytes(4).readUInt32BE();
}
