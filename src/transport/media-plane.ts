import type { Logger } from 'pino';
import type { LayerWish } from '../media/layer-wish.ts';
import type { IceCredentials } from '../media/plan.ts';
import type { SessionStats, ThreadReport } from '../media/stats.ts';
import { bestSendMode, type SendMode } from '../native/send-mode.ts';
import {
  type MediaEndpoint,
  type MediaEvent,
  type MediaPlane,
  MediaUnavailable,
  type OpenPublisher,
  type OpenViewer,
} from '../streams/ports.ts';
import { type AnnouncedAddress, candidateAddresses } from './candidate-addresses.ts';
import { createCertificate } from './certificate.ts';
import { createFeedRing } from './feed-ring.ts';
import { MediaWorker } from './media-worker.ts';
import type { Command, KeyframeWish, RenditionPlace, RenditionStart } from './messages.ts';
import { OwnInterfaces } from './own-interfaces.ts';
import { StreamTaps } from './stream-taps.ts';
import { type FollowChange, ThreadPlacement } from './thread-placement.ts';
import { reportOf } from './thread-report.ts';

const RESTART_MS = 1000;

export interface MediaPlaneOptions {
  /** Of the first thread, 0: the system chooses. */
  readonly port: number;
  readonly threads: number;
  readonly announcedAddresses: readonly AnnouncedAddress[];
  readonly send: SendMode | 'auto';
  readonly log: Logger;
}

/** The media threads, each with its own port. A stream is published on one of them and watched on as many as it takes. */
export class MediaThreads implements MediaPlane {
  readonly sendMode: SendMode;
  /** What each thread tells of streams that others follow. Memory that was never written costs nothing. */
  readonly rings: readonly SharedArrayBuffer[];
  readonly #options: MediaPlaneOptions;
  readonly #certificate = createCertificate();
  readonly #workers: (MediaWorker | undefined)[] = [];
  readonly #placement: ThreadPlacement;
  readonly #taps = new StreamTaps();
  readonly #interfaces = new OwnInterfaces();
  #listener: (event: MediaEvent) => void = () => {};
  #isClosing = false;

  private constructor(options: MediaPlaneOptions) {
    this.#options = options;
    this.sendMode = options.send === 'auto' ? bestSendMode() : options.send;
    this.#placement = new ThreadPlacement(options.threads);
    this.rings = Array.from({ length: options.threads }, () => createFeedRing());
  }

  static async start(options: MediaPlaneOptions): Promise<MediaThreads> {
    const plane = new MediaThreads(options);
    try {
      for (let thread = 0; thread < options.threads; thread += 1) {
        plane.#workers[thread] = await plane.#startWorker(thread, options.port === 0 ? 0 : options.port + thread);
      }
    } catch (error) {
      await plane.close();
      throw error;
    }
    return plane;
  }

  /** The ports in use, each UDP and TCP. */
  get ports(): readonly number[] {
    return this.#workers.flatMap((worker) => worker?.port ?? []);
  }

  get isHealthy(): boolean {
    return this.#workers.every((worker) => worker !== undefined);
  }

  /** What each thread has done. */
  reports(): Promise<readonly ThreadReport[]> {
    return Promise.all(this.#workers.map((worker, thread) => reportOf(worker, thread)));
  }

  async sessionStats(sessionIds: readonly string[]): Promise<readonly SessionStats[]> {
    const idsOf = Map.groupBy(sessionIds, (id) => this.#workerOf(id));
    const asked = [...idsOf].map(([worker, ids]) => worker?.command({ type: 'session_stats', sessionIds: ids }) ?? []);
    return (await Promise.all(asked)).flat();
  }

  onEvent(listener: (event: MediaEvent) => void): void {
    this.#listener = listener;
  }

  endpointFor(kind: 'publisher' | 'viewer', streamId: string): MediaEndpoint {
    const isRunning = (thread: number) => this.#workers[thread] !== undefined;
    const thread =
      kind === 'publisher'
        ? this.#placement.forPublisher(streamId, isRunning)
        : this.#placement.forViewer(streamId, isRunning);
    return this.#endpoint(thread);
  }

  endpoints(): readonly MediaEndpoint[] {
    return this.#workers.flatMap((worker, thread) => (worker ? [this.#endpoint(thread)] : []));
  }

  endpointOf(sessionId: string): MediaEndpoint {
    const session = this.#placement.session(sessionId);
    if (!session) throw new MediaUnavailable();
    return this.#endpoint(session.thread);
  }

  #endpoint(thread: number): MediaEndpoint {
    const worker = this.#workers[thread];
    const { announcedAddresses: announced } = this.#options;
    if (!worker) throw new MediaUnavailable();
    const candidates = candidateAddresses({
      announced,
      thread,
      port: worker.port,
      hasIpv6: worker.hasIpv6,
      interfaces: this.#interfaces.read(performance.now()),
    });
    return { thread, candidates, fingerprint: this.#certificate.fingerprint };
  }

  async openPublisher(request: OpenPublisher): Promise<void> {
    await this.#open(request, { type: 'open_publisher', request });
  }

  async openViewer(request: OpenViewer): Promise<void> {
    await this.#open(request, { type: 'open_viewer', request });
  }

  async restartIce(sessionId: string, local: IceCredentials, remote: IceCredentials): Promise<void> {
    await this.#workerOf(sessionId)?.command({ type: 'restart_ice', sessionId, local, remote });
  }

  async chooseLayer(sessionId: string, wish: LayerWish): Promise<void> {
    await this.#workerOf(sessionId)?.command({ type: 'choose_layer', sessionId, wish });
  }

  sendText(sessionIds: readonly string[], text: string): void {
    const idsOf = Map.groupBy(sessionIds, (id) => this.#placement.session(id)?.thread);
    for (const [thread, ids] of idsOf) {
      if (thread !== undefined) this.#tell(thread, { type: 'send_text', sessionIds: ids, text });
    }
  }

  async closeSession(sessionId: string): Promise<void> {
    const closed = this.#workerOf(sessionId)?.command({ type: 'close_session', sessionId });
    this.#left(sessionId);
    await closed;
  }

  /** The thread on whose ring all of this stream can be heard once `tap` was called; `undefined` before it is published. */
  homeOf(streamId: string): number | undefined {
    return this.#placement.homeOf(streamId);
  }

  /** Whoever follows the stream on its ring hears from now on who publishes, what is cached, and all that comes. */
  tap(streamId: string, by: string): void {
    this.#taps.add(streamId, by);
    const home = this.#placement.homeOf(streamId);
    if (home !== undefined) this.#tell(home, { type: 'feed', streamId });
  }

  /** Idempotent. */
  untap(streamId: string, by: string): void {
    const home = this.#placement.homeOf(streamId);
    if (!this.#taps.remove(streamId, by)) return;
    if (home === undefined || this.#placement.followers(streamId).length > 0) return;
    this.#tell(home, { type: 'unfeed', streamId });
  }

  /** A further layer of a stream's picture. Rejects where nobody publishes it, or the name is taken. */
  async openRendition(start: RenditionStart): Promise<void> {
    await this.#homeWorker(start.streamId).command({ type: 'open_rendition', start });
  }

  /** The next bytes of its IVF. Rejects where they are none. */
  async writeRendition(place: RenditionPlace, bytes: Uint8Array): Promise<void> {
    await this.#homeWorker(place.streamId).command({ type: 'write_rendition', place, bytes });
  }

  /** Idempotent. */
  async closeRendition(place: RenditionPlace): Promise<void> {
    await this.#homeWorker(place.streamId).command({ type: 'close_rendition', place });
  }

  async closeStream(streamId: string): Promise<void> {
    this.#taps.closed(streamId);
    const threads = this.#placement.closedStream(streamId);
    await Promise.all(threads.map((thread) => this.#workers[thread]?.command({ type: 'close_stream', streamId })));
  }

  /** Says goodbye to every peer; resolves when all threads are gone. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#workers.map((worker) => worker?.close()));
  }

  #startWorker(thread: number, port: number): Promise<MediaWorker> {
    const options = { thread, rings: this.rings, port, mode: this.sendMode, certificate: this.#certificate };
    return MediaWorker.start(options, {
      onEvent: (event) => this.#onEvent(event),
      onProblem: (error) => this.#options.log.error({ err: error, thread }, 'a bug ended a session'),
      onKeyframeWanted: (wish) => this.#wantKeyframe(wish),
      onDrops: (drops) => this.#options.log.warn({ ...drops, thread }, 'packets dropped'),
      onDeath: (error) => this.#onDeath(thread, error),
    });
  }

  async #open({ sessionId, streamId, thread }: OpenPublisher | OpenViewer, command: Command): Promise<void> {
    const worker = this.#workers[thread];
    if (!worker) throw new MediaUnavailable();
    this.#joined(this.#placement.opened(sessionId, { thread, streamId }));
    try {
      await worker.command(command);
    } catch (error) {
      this.#left(sessionId);
      throw error;
    }
  }

  #workerOf(sessionId: string): MediaWorker | undefined {
    const session = this.#placement.session(sessionId);
    return session && this.#workers[session.thread];
  }

  /** Throws `MediaUnavailable`. */
  #homeWorker(streamId: string): MediaWorker {
    const home = this.#placement.homeOf(streamId);
    const worker = home === undefined ? undefined : this.#workers[home];
    if (!worker) throw new MediaUnavailable();
    return worker;
  }

  // The follower has to listen before the home tells.
  #joined(change: FollowChange | undefined): void {
    if (!change) return;
    const { streamId, home, thread } = change;
    const follow: Command = { type: 'follow', streamId, thread: home };
    this.#tell(thread, follow, () => this.#tell(home, { type: 'feed', streamId }));
  }

  #left(sessionId: string): void {
    const change = this.#placement.closed(sessionId);
    if (!change) return;
    const { streamId, home, thread, isFollowed } = change;
    this.#tell(thread, { type: 'unfollow', streamId });
    if (!isFollowed && !this.#taps.has(streamId)) this.#tell(home, { type: 'unfeed', streamId });
  }

  #wantKeyframe(wish: KeyframeWish): void {
    const home = this.#placement.homeOf(wish.streamId);
    if (home !== undefined) this.#tell(home, { type: 'want_keyframe', wish });
  }

  /** Nobody waits for it, and a thread that dies meanwhile is told anew when it is back. */
  #tell(thread: number, command: Command, then: () => void = () => {}): void {
    this.#workers[thread]?.command(command).then(then, () => {});
  }

  #onEvent(event: MediaEvent): void {
    // What was closed meanwhile is no longer reported on.
    if ('sessionId' in event && !this.#placement.session(event.sessionId)) return;
    if (event.type === 'ended') this.#left(event.sessionId);
    this.#listener(event);
  }

  // The other threads go on; the sessions of this one end with a reason, and its port is served again.
  #onDeath(thread: number, error: Error): void {
    if (this.#isClosing) return;
    const port = this.#workers[thread]?.port ?? 0;
    this.#workers[thread] = undefined;
    this.#options.log.error({ err: error, thread }, 'media thread died');
    for (const sessionId of this.#placement.sessionsOn(thread)) {
      this.#left(sessionId);
      this.#listener({ type: 'ended', sessionId, reason: 'failed' });
    }
    this.#restart(thread, port);
  }

  #restart(thread: number, port: number): void {
    this.#startWorker(thread, port).then(
      (worker) => {
        if (this.#isClosing) {
          worker.terminate();
          return;
        }
        this.#workers[thread] = worker;
        for (const streamId of this.#placement.homedOn(thread)) {
          const isFollowed = this.#taps.has(streamId) || this.#placement.followers(streamId).length > 0;
          if (isFollowed) this.#tell(thread, { type: 'feed', streamId });
        }
        this.#options.log.info({ thread, port: worker.port }, 'media thread restarted');
      },
      (error: unknown) => {
        this.#options.log.error({ err: error, thread }, 'media thread not restarted');
        setTimeout(() => !this.#isClosing && this.#restart(thread, port), RESTART_MS).unref();
      },
    );
  }
}
