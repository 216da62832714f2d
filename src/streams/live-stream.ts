import type { CodecName } from '../media/plan.ts';
import type { SourceTrack } from '../sdp/play-answer.ts';
import type { EndReason, LayerStats, RenditionStats, TrackStats } from './ports.ts';

export const RECONNECT_MS = 30_000;

/** `waiting`: a publisher was answered but none ever connected, so nobody else can see the stream yet. */
export type StreamState = 'waiting' | 'live' | 'reconnecting' | 'ended';

/** What a publisher came with. */
export interface PublishKey {
  readonly id: string;
  readonly expiresAt: Date | null;
}

export interface StreamPublisher {
  readonly sessionId: string;
  readonly key: PublishKey | undefined;
  readonly sources: readonly SourceTrack[];
}

/**
 * One broadcast on a channel: who publishes, who watches, and when it is over. Sans-IO: events come in with the time,
 * what they lead to comes back.
 */
export class LiveStream {
  readonly id: string;
  readonly channelId: string;
  title: string;
  readonly #viewers = new Set<string>();
  #state: StreamState = 'waiting';
  /** The connected one; while reconnecting the one that was lost. */
  #publisher: StreamPublisher | undefined;
  /** Answered, and takes over when it connects. */
  #pending: StreamPublisher | undefined;
  /** The connected one is gone, its successor's `connected` is on its way. */
  #isHandedOver = false;
  #reconnectUntilMs = 0;
  #startedAtMs: number | undefined;
  #peakViewers = 0;
  #layers: readonly LayerStats[] = [];
  #renditions: readonly RenditionStats[] = [];

  constructor(stream: { id: string; channelId: string; title: string }) {
    this.id = stream.id;
    this.channelId = stream.channelId;
    this.title = stream.title;
  }

  get state(): StreamState {
    return this.#state;
  }

  get isWatchable(): boolean {
    return this.#state === 'live' || this.#state === 'reconnecting';
  }

  /** Nobody ever published, and nobody is about to. */
  get isVacant(): boolean {
    return this.#publisher === undefined && this.#pending === undefined;
  }

  get sources(): readonly SourceTrack[] {
    return this.#publisher?.sources ?? [];
  }

  get codecs(): CodecName[] {
    return this.sources.map((source) => source.codec.name);
  }

  get startedAtMs(): number | undefined {
    return this.#startedAtMs;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  get peakViewers(): number {
    return this.#peakViewers;
  }

  get layers(): readonly LayerStats[] {
    return this.#layers;
  }

  /** Who is about to publish, and who does or may come back to it. */
  get publishers(): StreamPublisher[] {
    return [this.#pending, this.#publisher].filter((one) => one !== undefined);
  }

  keyChanged({ id, expiresAt }: PublishKey): void {
    const renewed = (one: StreamPublisher | undefined) =>
      one?.key?.id === id ? { ...one, key: { id, expiresAt } } : one;
    this.#pending = renewed(this.#pending);
    this.#publisher = renewed(this.#publisher);
  }

  /** A publisher was answered. Returns the session of another that was still waiting: the last one wins. */
  publisherAnswered(publisher: StreamPublisher): string | undefined {
    const superseded = this.#pending?.sessionId;
    this.#pending = publisher;
    return superseded;
  }

  /** Whether this made the stream start. */
  publisherConnected(sessionId: string, nowMs: number): boolean {
    if (this.#pending?.sessionId !== sessionId) return false;
    this.#publisher = this.#pending;
    this.#pending = undefined;
    this.#state = 'live';
    this.#isHandedOver = false;
    this.#layers = [];
    if (this.#startedAtMs !== undefined) return false;
    this.#startedAtMs = nowMs;
    // Who waited for it and left was no viewer.
    this.#peakViewers = this.#viewers.size;
    return true;
  }

  /** The connected one is not heard of: for all who watch it is gone, though its session may come back to life. */
  publisherSilent(sessionId: string, nowMs: number): void {
    if (this.#publisher?.sessionId === sessionId && this.#state === 'live') this.#awaitReturn(nowMs);
  }

  /** It was silent, and is heard of again. */
  publisherResumed(sessionId: string): void {
    if (this.#publisher?.sessionId === sessionId && this.#state === 'reconnecting') this.#state = 'live';
  }

  /** Returns why the stream is over, when this ends it. May be told twice of one session: gone first, DELETEd after. */
  publisherEnded(sessionId: string, reason: EndReason, nowMs: number): EndReason | undefined {
    if (this.#pending?.sessionId === sessionId) {
      this.#pending = undefined;
      if (this.#state === 'waiting') return reason;
      if (this.#isHandedOver) this.#awaitReturn(nowMs);
      return this.due(nowMs);
    }
    if (this.#publisher?.sessionId !== sessionId) return undefined;
    if (this.#pending === undefined && isFinal(reason)) return reason;
    if (this.#state !== 'live') return undefined;
    // Viewers need not hear of a gap that is over in the next moment.
    if (reason === 'taken_over' && this.#pending) this.#isHandedOver = true;
    else this.#awaitReturn(nowMs);
    return undefined;
  }

  /** Returns why the stream is over, when its time to come back has run out. */
  due(nowMs: number): EndReason | undefined {
    const isLost = this.#state === 'reconnecting' && this.#pending === undefined;
    return isLost && nowMs >= this.#reconnectUntilMs ? 'publisher_gone' : undefined;
  }

  viewerConnected(sessionId: string): boolean {
    if (this.#viewers.has(sessionId)) return false;
    this.#viewers.add(sessionId);
    this.#peakViewers = Math.max(this.#peakViewers, this.#viewers.size);
    return true;
  }

  /** Whether it was counted. */
  viewerLeft(sessionId: string): boolean {
    return this.#viewers.delete(sessionId);
  }

  /** Made here of what is published. */
  get renditions(): readonly RenditionStats[] {
    return this.#renditions;
  }

  measured(tracks: readonly TrackStats[], renditions: readonly RenditionStats[] = []): void {
    this.#renditions = renditions;
    this.#layers = tracks.find((track) => track.kind === 'video')?.layers ?? [];
  }

  end(): void {
    this.#state = 'ended';
    this.#viewers.clear();
  }

  #awaitReturn(nowMs: number): void {
    this.#state = 'reconnecting';
    this.#isHandedOver = false;
    this.#reconnectUntilMs = nowMs + RECONNECT_MS;
  }
}

/** The publisher meant it, or somebody above it did: no waiting for a return. */
function isFinal(reason: EndReason): boolean {
  return reason === 'deleted' || reason === 'stopped' || reason === 'key_revoked' || reason === 'key_expired';
}
