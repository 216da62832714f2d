import type { LayerWish } from '../../src/media/layer-wish.ts';
import type { IceCredentials } from '../../src/media/plan.ts';
import type { PublisherStats, SessionStats, ViewerStats } from '../../src/media/stats.ts';
import type {
  EndReason,
  MediaEndpoint,
  MediaEvent,
  MediaPlane,
  OpenPublisher,
  OpenViewer,
} from '../../src/streams/ports.ts';
import { layerStats, type MeasuredTrack } from './layer-stats.ts';

/** Media threads without media: it keeps the port's promises, and tests say when peers connect and vanish. */
export class FakeMediaPlane implements MediaPlane {
  readonly sessions = new Map<string, { readonly kind: 'publisher' | 'viewer'; readonly streamId: string }>();
  readonly plans = new Map<string, OpenPublisher['plan'] | OpenViewer['plan']>();
  readonly restarts: { sessionId: string; local: IceCredentials; remote: IceCredentials }[] = [];
  readonly wishes = new Map<string, LayerWish>();
  /** What each viewer was sent on the data channel. */
  readonly texts = new Map<string, string[]>();
  /** What is known of a session when somebody looks. */
  readonly stats = new Map<string, PublisherStats | ViewerStats>();
  readonly endpointsAsked = new Set<string>();
  /** Thrown by the next call that opens or restarts. */
  failure: Error | undefined;
  /** While set, opening waits for it. */
  gate: Promise<void> | undefined;
  readonly #connected = new Set<string>();
  readonly #publishers = new Map<string, string>();
  #listener: (event: MediaEvent) => void = () => {};

  endpointFor(_kind: 'publisher' | 'viewer', streamId: string): MediaEndpoint {
    this.endpointsAsked.add(streamId);
    return this.endpointOf();
  }

  endpoints(): readonly MediaEndpoint[] {
    return [this.endpointOf()];
  }

  endpointOf(): MediaEndpoint {
    return {
      thread: 0,
      candidates: [{ address: '192.0.2.1', port: 8189 }],
      fingerprint: `sha-256 ${Array(32).fill('AB').join(':')}`,
    };
  }

  openPublisher(request: OpenPublisher): Promise<void> {
    return this.#open('publisher', request);
  }

  openViewer(request: OpenViewer): Promise<void> {
    return this.#open('viewer', request);
  }

  async restartIce(sessionId: string, local: IceCredentials, remote: IceCredentials): Promise<void> {
    await this.gate;
    this.#failWhereAsked();
    this.restarts.push({ sessionId, local, remote });
  }

  async chooseLayer(sessionId: string, wish: LayerWish): Promise<void> {
    if (this.sessions.has(sessionId)) this.wishes.set(sessionId, wish);
  }

  sendText(sessionIds: readonly string[], text: string): void {
    for (const id of sessionIds) this.texts.set(id, [...(this.texts.get(id) ?? []), text]);
  }

  async closeSession(sessionId: string): Promise<void> {
    this.#forget(sessionId);
  }

  async closeStream(streamId: string): Promise<void> {
    for (const [id, session] of this.sessions) if (session.streamId === streamId) this.#forget(id);
    this.endpointsAsked.delete(streamId);
  }

  async sessionStats(sessionIds: readonly string[]): Promise<readonly SessionStats[]> {
    return sessionIds.flatMap((sessionId) => {
      const stats = this.#connected.has(sessionId) ? this.stats.get(sessionId) : undefined;
      return stats ? [{ sessionId, ...stats }] : [];
    });
  }

  onEvent(listener: (event: MediaEvent) => void): void {
    this.#listener = listener;
  }

  /** Once. A publisher that connects takes the stream over, as the port says. */
  connect(sessionId: string): void {
    const session = this.sessions.get(sessionId);
    if (!session) throw new Error('no such session');
    if (this.#connected.has(sessionId)) return;
    this.#connected.add(sessionId);
    if (session.kind === 'publisher') {
      const before = this.#publishers.get(session.streamId);
      this.#publishers.set(session.streamId, sessionId);
      if (before !== undefined) this.lose(before, 'taken_over');
    }
    this.#listener({ type: 'connected', sessionId });
  }

  lose(sessionId: string, reason: EndReason): void {
    this.#forget(sessionId);
    this.#listener({ type: 'ended', sessionId, reason });
  }

  isPublisher(sessionId: string): boolean {
    return this.sessions.get(sessionId)?.kind === 'publisher';
  }

  /** A connected publisher is not heard of any more, or again. */
  hear(sessionId: string, change: 'silent' | 'resumed'): void {
    this.#listener({ type: change, sessionId });
  }

  /** A viewer opens or closes the data channel, or says something there. */
  text(sessionId: string, said: 'opened' | 'closed' | { readonly text: string }): void {
    if (typeof said === 'string') this.#listener({ type: `text_${said}`, sessionId });
    else this.#listener({ type: 'text', sessionId, ...said });
  }

  measure(streamId: string, measured: readonly MeasuredTrack[]): void {
    const tracks = measured.map((track) => ({ fmtp: '', ...track, layers: track.layers.map(layerStats) }));
    this.#listener({ type: 'stats', streamId, tracks, renditions: [] });
  }

  /** Viewers of this stream were sent so much. */
  send(streamId: string, bytes: number): void {
    this.#listener({ type: 'sent', streamId, bytes });
  }

  async #open(kind: 'publisher' | 'viewer', { sessionId, streamId, plan }: OpenPublisher | OpenViewer): Promise<void> {
    this.sessions.set(sessionId, { kind, streamId });
    this.plans.set(sessionId, plan);
    await this.gate;
    try {
      this.#failWhereAsked();
    } catch (error) {
      this.#forget(sessionId);
      throw error;
    }
  }

  #failWhereAsked(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }

  #forget(sessionId: string): void {
    const session = this.sessions.get(sessionId);
    this.sessions.delete(sessionId);
    this.plans.delete(sessionId);
    this.wishes.delete(sessionId);
    if (session && this.#publishers.get(session.streamId) === sessionId) this.#publishers.delete(session.streamId);
  }
}
