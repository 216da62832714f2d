import type { LayerWish } from '../media/layer-wish.ts';
import type { IceCredentials } from '../media/plan.ts';
import type { SessionStats, ThreadStats } from '../media/stats.ts';
import type { EndReason, MediaEvent, OpenPublisher, OpenViewer } from '../streams/ports.ts';
import { DatagramRouter } from './datagram-router.ts';
import type { DatagramSource, SourceKey } from './datagram-source.ts';
import { DtlsContext } from './dtls.ts';
import { FanOut } from './fan-out.ts';
import { Feeds } from './feeds.ts';
import { MediaMemory } from './media-memory.ts';
import { MediaPort } from './media-port.ts';
import type { Drops, KeyframeWish, ThreadOptions } from './messages.ts';
import { PeerConnection, type PeerShared } from './peer-connection.ts';
import { PublisherSession } from './publisher-session.ts';
import { Renditions } from './renditions.ts';
import { type MediaSession, SessionTable } from './session-table.ts';
import type { NativeSlice } from './srtp-session.ts';
import { createCipherScratch } from './srtp-transform.ts';
import { StreamTable } from './stream-table.ts';
import type { TextNews } from './text-channel.ts';
import { TextPost } from './text-post.ts';
import { ThreadMeter } from './thread-meter.ts';
import { ViewerSession } from './viewer-session.ts';

const TICK_MS = 10;
const VIEWER_TICKS = 5;
const CHOICE_TICKS = 25;
const STATS_TICKS = 100;

export interface EngineOptions extends ThreadOptions {
  readonly emit: (event: MediaEvent) => void;
  /** A bug; it has cost the session it showed in. */
  readonly report: (error: unknown) => void;
  /** To be told to the thread that has the publisher. */
  readonly wantKeyframe: (wish: KeyframeWish) => void;
  /** About once a second, when there were any. */
  readonly drops: (drops: Drops) => void;
}

/** Everything one media thread does: one port, its sessions and its streams, and the only timers. */
export class MediaEngine {
  readonly #options: EngineOptions;
  readonly #sessions = new SessionTable();
  readonly #streams: StreamTable;
  readonly #memory = new MediaMemory();
  readonly #port: MediaPort;
  readonly #shared: PeerShared;
  readonly #fanOut: FanOut;
  readonly feeds: Feeds;
  readonly renditions: Renditions;
  readonly router: DatagramRouter;
  readonly #meter = new ThreadMeter();
  readonly #texts: TextPost;
  #ticks = 0;
  #ticker: NodeJS.Timeout | undefined;

  private constructor(port: MediaPort, dtls: DtlsContext, options: EngineOptions) {
    this.#options = options;
    this.#port = port;
    this.#shared = { port, dtls, scratch: createCipherScratch() };
    this.#fanOut = new FanOut({ port, memory: this.#memory });
    this.#streams = new StreamTable({
      flushPort: () => port.flush(),
      onCrash: (session, error) => this.#crash(session, error),
    });
    this.router = new DatagramRouter({
      sessions: this.#sessions,
      streams: this.#streams,
      meter: this.#meter,
      onConnected: (session, nowMs) => this.#connected(session, nowMs),
      onTexts: (session, news) => this.#tellTexts(session, news),
      onCrash: (session, error) => this.#crash(session, error),
    });
    this.#texts = new TextPost({
      sessions: this.#sessions,
      flush: () => port.flush(),
      onCrash: (session, error) => this.#crash(session, error),
    });
    this.feeds = new Feeds({ ...options, streams: this.#streams, memory: this.#memory });
    this.renditions = new Renditions({ streams: this.#streams, memory: this.#memory, flush: () => this.flush() });
  }

  static async open(options: EngineOptions): Promise<MediaEngine> {
    const dtls = new DtlsContext(options.certificate);
    let engine: MediaEngine | undefined;
    const reader = {
      onDatagram: (memory: NativeSlice, start: number, end: number, source: DatagramSource) =>
        engine?.router.receive(memory, start, end, source),
      onBatchEnd: () => engine?.flush(),
      onSourceClosed: (key: SourceKey) => engine?.router.loseSource(key),
    };
    const port = await MediaPort.open({ port: options.port, mode: options.mode, reader });
    engine = new MediaEngine(port, dtls, options);
    return engine;
  }

  get port(): number {
    return this.#port.port;
  }

  get hasIpv6(): boolean {
    return this.#port.hasIpv6;
  }

  sessionStats(sessionIds: readonly string[]): readonly SessionStats[] {
    const nowMs = performance.now();
    return sessionIds.flatMap((sessionId) => {
      const session = this.#sessions.byId(sessionId);
      return session?.peer.isConnected ? [{ sessionId, ...session.stats(nowMs) }] : [];
    });
  }

  stats(): ThreadStats {
    return this.#meter.stats(this.#sessions.all(), this.#port, performance.now());
  }

  openPublisher({ sessionId, streamId, plan }: OpenPublisher): void {
    const peer = new PeerConnection(this.#shared, plan.peer, performance.now());
    this.#add(new PublisherSession({ id: sessionId, streamId, plan, peer, memory: this.#memory }));
  }

  openViewer({ sessionId, streamId, plan }: OpenViewer): void {
    const carriesData = plan.data !== undefined;
    const peer = new PeerConnection(this.#shared, plan.peer, performance.now(), { carriesData });
    this.#add(new ViewerSession({ id: sessionId, streamId, plan, peer, fanOut: this.#fanOut }));
  }

  restartIce(sessionId: string, local: IceCredentials, remote: IceCredentials): void {
    const session = this.#sessions.byId(sessionId);
    if (!session) return;
    const before = session.peer.localUfrags;
    session.peer.restartIce(local, remote);
    this.#sessions.nameAnew(session, before);
  }

  chooseLayer(sessionId: string, wish: LayerWish): void {
    const session = this.#sessions.byId(sessionId);
    if (!(session instanceof ViewerSession)) return;
    session.ask(wish);
    this.#streams.serve(session, performance.now());
    this.#port.flush();
  }

  sendText(sessionIds: readonly string[], text: string): void {
    this.#texts.send(sessionIds, text);
  }

  follow(streamId: string, thread: number): void {
    this.feeds.follow(streamId, thread);
    this.#startTicking();
  }

  wantKeyframe({ streamId, mid, rid }: KeyframeWish): void {
    const track = this.#streams.get(streamId)?.publisher?.tracks.find((candidate) => candidate.mid === mid);
    track?.layers.get(rid)?.keyframes.want(performance.now());
  }

  closeSession(sessionId: string): void {
    const session = this.#sessions.byId(sessionId);
    if (session) this.#remove(session);
    this.#port.flush();
  }

  closeStream(streamId: string): void {
    for (const session of [...this.#sessions.all()]) if (session.streamId === streamId) this.#remove(session);
    this.feeds.unfollow(streamId);
    this.renditions.forget(streamId);
    this.#streams.delete(streamId);
    this.#port.flush();
  }

  /** Says goodbye to everybody. */
  close(): void {
    for (const session of [...this.#sessions.all()]) this.#remove(session);
    this.#port.flush();
    this.#port.close();
    this.#shared.dtls.close();
    this.#meter.close();
    this.#texts.close();
    clearInterval(this.#ticker);
    this.feeds.close();
    this.#streams.close();
  }

  /** After a burst of datagrams: what they brought goes out. */
  flush(): void {
    this.feeds.call();
    this.#streams.flush(performance.now());
  }

  #connected(session: MediaSession, nowMs: number): void {
    const stream = this.#streams.of(session.streamId);
    if (session instanceof ViewerSession) {
      session.connected(nowMs);
      stream.viewerConnected(session);
      this.#streams.serve(session, nowMs);
    } else {
      const previous = stream.publisher;
      stream.setPublisher(session, nowMs);
      if (previous) this.#end(previous, 'taken_over');
    }
    this.#options.emit({ type: 'connected', sessionId: session.id });
  }

  #tellTexts({ id: sessionId }: ViewerSession, news: readonly TextNews[]): void {
    for (const told of news) this.#options.emit({ ...told, sessionId });
  }

  #add(session: MediaSession): void {
    this.#sessions.add(session);
    this.#streams.of(session.streamId);
    this.#startTicking();
  }

  #startTicking(): void {
    this.#ticker ??= setInterval(() => this.#tick(), TICK_MS);
  }

  #remove(session: MediaSession): void {
    this.#sessions.remove(session);
    this.#meter.left(session);
    const stream = this.#streams.get(session.streamId);
    if (session instanceof ViewerSession) stream?.viewerLeft(session);
    else if (stream?.publisher === session) stream.publisher = undefined;
    session.peer.close();
  }

  #end(session: MediaSession, reason: EndReason): void {
    this.#remove(session);
    const detail = reason === 'failed' ? session.peer.failure : '';
    this.#options.emit({ type: 'ended', sessionId: session.id, reason, ...(detail !== '' && { detail }) });
  }

  // A bug costs the session it shows in, never the thread.
  #crash(session: MediaSession | undefined, error: unknown): void {
    this.#options.report(error);
    if (session) this.#end(session, 'failed');
  }

  #tick(): void {
    const nowMs = performance.now();
    this.#ticks += 1;
    for (const session of this.#sessions.all()) {
      try {
        this.#tickSession(session, nowMs);
      } catch (error) {
        this.#crash(session, error);
      }
    }
    if (this.#ticks % CHOICE_TICKS === 0) this.#streams.choose(nowMs);
    for (const wish of this.feeds.wishes(nowMs)) this.#options.wantKeyframe(wish);
    this.#port.flush();
    if (this.#ticks % STATS_TICKS === 0) this.#reportStats(nowMs);
    if (this.#sessions.size === 0 && this.#streams.size === 0) {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
    }
  }

  #reportStats(nowMs: number): void {
    this.#streams.each((stream) => {
      const { id: streamId, publisher } = stream;
      const renditions = stream.renditionStats(nowMs);
      if (publisher) this.#options.emit({ type: 'stats', streamId, tracks: publisher.stats(nowMs).tracks, renditions });
      if (stream.wantsRenditions) this.#options.emit({ type: 'wanting', streamId });
      const bytes = stream.takeSentBytes();
      if (bytes > 0) this.#options.emit({ type: 'sent', streamId, bytes });
    });
    this.#reportDrops();
  }

  #reportDrops(): void {
    const drops = this.#meter.newDrops(this.#sessions.all(), this.#port, this.feeds.takeOverruns());
    if (drops.unsent + drops.refused + drops.overruns > 0) this.#options.drops(drops);
  }

  #tickSession(session: MediaSession, nowMs: number): void {
    const isViewersTurn = this.#ticks % VIEWER_TICKS === 0;
    if (session instanceof PublisherSession) this.#tickPublisher(session, nowMs);
    else this.#tickLink(session, nowMs);
    if (isViewersTurn && session instanceof ViewerSession) {
      session.tick(nowMs, performance.timeOrigin + nowMs);
      if (session.texts) this.#tellTexts(session, session.texts.tick(nowMs));
    }
    const end = session.peer.isConnected && !isViewersTurn ? undefined : session.peer.tick(nowMs);
    if (end) this.#end(session, end);
    else if (session instanceof ViewerSession && session.lacksCodec) this.#end(session, 'codec_changed');
  }

  #tickLink(viewer: ViewerSession, nowMs: number): void {
    viewer.probe(nowMs);
    if (viewer.takeDueChoice(nowMs)) this.#streams.serve(viewer, nowMs);
  }

  #tickPublisher(session: PublisherSession, nowMs: number): void {
    session.tick(nowMs);
    const change = session.presence.change(nowMs);
    if (change) this.#options.emit({ type: change, sessionId: session.id });
  }
}
