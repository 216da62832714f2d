import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { SourceTrack } from '../sdp/play-answer.ts';
import { adviceOn } from './advice.ts';
import { AdviceBoard } from './advice-board.ts';
import type { Clock } from './clock.ts';
import { Journal } from './journal.ts';
import { LayerNews } from './layer-news.ts';
import { type LiveLayer, type LiveListeners, type LiveSnapshot, OFFLINE } from './live-events.ts';
import { layersOf, type StreamChannel, snapshotOf } from './live-snapshot.ts';
import { LiveStream } from './live-stream.ts';
import { PeakNews } from './peak-news.ts';
import type { PlayReport } from './play-report.ts';
import type {
  EndReason,
  RenditionStats,
  RenditionWitness,
  StreamEvent,
  StreamSample,
  StreamSink,
  StreamStore,
  StreamWitness,
  TrackStats,
} from './ports.ts';
import { Sampler } from './sampler.ts';
import { StreamHealth } from './stream-health.ts';
import { ViewerRows } from './viewer-rows.ts';
import type { Visitor } from './visitors.ts';

export interface BroadcastOptions {
  readonly channel: StreamChannel;
  /** That of the broadcast before, whose viewers wait for this one. */
  readonly mediaId?: string;
  readonly store: StreamStore;
  readonly listeners: LiveListeners;
  readonly clock: Clock;
  readonly log: Logger;
  readonly witness?: StreamWitness | undefined;
  readonly sinks?: readonly StreamSink[];
  readonly renditions?: RenditionWitness | undefined;
}

type News<Event = StreamEvent> = Event extends StreamEvent ? Omit<Event, 'at' | 'channel' | 'stream'> : never;

/** A stream together with what the world learns of it: its rows, its listeners, its log. */
export class Broadcast {
  readonly stream: LiveStream;
  /** What the media plane knows it by: it outlasts this broadcast where viewers stay for the next. */
  readonly mediaId: string;
  readonly log: Logger;
  #channel: StreamChannel;
  readonly health = new StreamHealth();
  readonly #witness: StreamWitness | undefined;
  readonly #sinks: readonly StreamSink[];
  readonly #renditionWitness: RenditionWitness | undefined;
  readonly #store: StreamStore;
  readonly #listeners: LiveListeners;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #viewerRows: ViewerRows;
  readonly #layerNews = new LayerNews();
  readonly #advice = new AdviceBoard();
  readonly #peakNews = new PeakNews();
  #sampler: Sampler | undefined;
  #described = '';

  constructor({ channel, mediaId, store, listeners, clock, log, witness, sinks = [], renditions }: BroadcastOptions) {
    this.stream = new LiveStream({ id: randomUUID(), channelId: channel.id, title: channel.title });
    this.mediaId = mediaId ?? this.stream.id;
    this.#channel = channel;
    this.log = log.child({ channel: channel.slug, stream: this.stream.id });
    this.#witness = witness;
    this.#sinks = sinks;
    this.#renditionWitness = renditions;
    this.#store = store;
    this.#listeners = listeners;
    this.#clock = clock;
    this.#journal = new Journal({ clock, log: this.log, isStoreThere: () => store.isThere() });
    this.#viewerRows = new ViewerRows({ streamId: this.stream.id, store, journal: this.#journal, clock });
  }

  get channel(): StreamChannel {
    return this.#channel;
  }

  /** As it is now. A stream keeps the title that it began with. */
  set channel(channel: StreamChannel) {
    const wasAdaptive = this.#channel.isAdaptive;
    this.#channel = channel;
    if (this.stream.startedAtMs === undefined) {
      this.stream.title = channel.title;
      return;
    }
    this.#sinkLive();
    if (wasAdaptive !== channel.isAdaptive) this.#tellLive();
  }

  /** What is published, as viewers agree on it: there is something to choose where smaller pictures are made of it. */
  get sources(): readonly SourceTrack[] {
    const { sources } = this.stream;
    return this.#channel.isAdaptive ? sources.map((source) => ({ ...source, hasLayers: true })) : sources;
  }

  get snapshot(): LiveSnapshot {
    return snapshotOf(this.stream, this.#channel, { layers: this.layers, advice: this.#advice.shown });
  }

  /** All there are of the picture, those made here last, or to be had for the asking. */
  get layers(): readonly LiveLayer[] {
    return layersOf(this.stream, this.#channel, this.health);
  }

  /** Some of its viewers could do with smaller pictures than are published. */
  renditionsWanted(): void {
    if (this.#channel.isAdaptive && this.stream.isWatchable) this.#renditionWitness?.wanted(this.stream.id);
  }

  publisherConnected(sessionId: string): void {
    this.health.restarted();
    const hasStarted = this.stream.publisherConnected(sessionId, this.#clock.now());
    if (hasStarted) {
      const { id, channelId, title } = this.stream;
      const startedAt = this.#now();
      this.#journal.write('start', () => this.#store.start({ id, channelId, title, startedAt }), true);
      this.#happened({ type: 'started', codecs: this.stream.codecs });
      this.#viewerRows.begin();
      this.#sampler = new Sampler(this.#count());
    }
    this.#describe();
    this.#sinkLive();
    this.log.info({ codecs: this.stream.codecs, isNew: hasStarted }, 'publisher connected');
    this.#tellLive();
    if (hasStarted && this.stream.viewers > 0) this.#tellViewers();
  }

  publisherHeard(sessionId: string, change: 'silent' | 'resumed'): void {
    const before = this.stream.state;
    if (change === 'silent') this.stream.publisherSilent(sessionId, this.#clock.now());
    else this.stream.publisherResumed(sessionId);
    if (before === this.stream.state) return;
    if (change === 'silent') this.#publisherLost();
    this.log.info(change === 'silent' ? 'publisher fell silent, waiting for its return' : 'publisher resumed');
    this.#tellLive();
  }

  /** Returns why the stream is over, when this ends it; `end` is then to be called. */
  publisherEnded(sessionId: string, reason: EndReason): EndReason | undefined {
    const before = this.stream.state;
    const over = this.stream.publisherEnded(sessionId, reason, this.#clock.now());
    if (before === this.stream.state) return over;
    if (this.stream.state === 'reconnecting') this.#publisherLost();
    this.log.info({ reason }, 'publisher lost, waiting for its return');
    this.#tellLive();
    return over;
  }

  /** One who waits for the stream to begin is told to nobody, and gets his row when it does. */
  viewerConnected(sessionId: string, visitor: Visitor | undefined): void {
    if (!this.stream.viewerConnected(sessionId)) return;
    this.#viewerRows.arrived(sessionId, visitor);
    if (this.stream.startedAtMs === undefined) return;
    this.#sampler?.watched(this.stream.viewers);
    this.#tellViewers();
  }

  viewerLeft(sessionId: string, reason: EndReason): void {
    if (!this.stream.viewerLeft(sessionId)) return;
    this.#viewerRows.left(sessionId, reason);
    if (this.stream.startedAtMs !== undefined) this.#tellViewers();
  }

  /** What a viewer's player says, maybe a moment after he left. */
  viewerPlayed(sessionId: string, report: PlayReport): void {
    this.#viewerRows.played(sessionId, report);
  }

  /** To viewers, as a media thread counts it. */
  sent(bytes: number): void {
    this.#sampler?.sent(bytes);
  }

  /** How it went since the last one; `undefined` before it began. What players told meanwhile is written too. */
  sample(): StreamSample | undefined {
    this.#viewerRows.write();
    const sample = this.#sampler?.take(this.#count(), this.health.lossShare('video'));
    return sample && { streamId: this.stream.id, ...sample };
  }

  measured(tracks: readonly TrackStats[], renditions: readonly RenditionStats[] = []): void {
    const nowMs = this.#clock.now();
    this.stream.measured(tracks, renditions);
    this.#sampler?.measured(tracks);
    this.health.measured(tracks, nowMs);
    const { raised, hasChanged } = this.#advice.update(adviceOn(this.health, nowMs), nowMs);
    if (!this.stream.isWatchable) return;
    this.#describe();
    const { channelId, peakViewers } = this.stream;
    const layers = this.layers;
    for (const advice of raised) this.#happened({ type: 'advice_raised', advice });
    if (this.#peakNews.isDue(peakViewers, nowMs)) this.#happened({ type: 'viewer_peak', viewers: peakViewers });
    if (hasChanged) this.#tellLive();
    if (this.#layerNews.isDue(layers, nowMs)) this.#listeners.tell(channelId, { type: 'layers', layers });
  }

  end(reason: EndReason): void {
    const { id, startedAtMs, peakViewers } = this.stream;
    const last = this.sample();
    this.stream.end();
    this.#viewerRows.end();
    if (startedAtMs === undefined) {
      this.log.info({ reason }, 'stream never started');
      return;
    }
    if (last) this.#journal.write('last sample', () => this.#store.addSamples([last]));
    for (const sink of this.#sinks) sink.ended(id);
    const end = { at: this.#now(), reason, peakViewers };
    this.#journal.write('end', () => this.#store.end(id, end), true);
    this.#happened({ type: 'ended', reason, peakViewers });
    this.log.info(
      { reason, peakViewers, seconds: Math.round((this.#clock.now() - startedAtMs) / 1000) },
      'stream ended',
    );
    this.#listeners.tell(this.stream.channelId, { type: 'live', live: OFFLINE });
  }

  /** Resolves once all rows are stored or given up. */
  drained(): Promise<void> {
    return this.#journal.drained();
  }

  /** For the end of the process: failed rows are not tried again. */
  hurry(): void {
    this.#journal.hurry();
  }

  #sinkLive(): void {
    const { id, channelId, title } = this.stream;
    const { isRecorded = false, isAdaptive = false } = this.#channel;
    const stream = { id, mediaId: this.mediaId, channelId, title, isRecorded, isAdaptive };
    for (const sink of this.#sinks) sink.live(stream);
  }

  #publisherLost(): void {
    this.health.publisherLost(this.#clock.now());
    this.#happened({ type: 'reconnecting' });
  }

  /** Kept in order with the rows, and behind the back of media like them. */
  #happened(news: News): void {
    const { id, title, startedAtMs } = this.stream;
    if (!this.#witness || startedAtMs === undefined) return;
    const stream = { id, title, startedAt: new Date(startedAtMs) };
    const event: StreamEvent = { ...news, at: this.#now(), channel: this.#channel, stream };
    const witness = this.#witness;
    this.#journal.write(event.type, () => witness.happened(event), news.type === 'ended' || news.type === 'started');
  }

  #describe(): void {
    const { id, codecs, layers } = this.stream;
    const widest = layers.toSorted((a, b) => (b.width ?? 0) - (a.width ?? 0))[0];
    const size =
      widest?.width && widest.height ? ([{ width: widest.width, height: widest.height }] as const) : ([] as const);
    const described = JSON.stringify([codecs, size]);
    if (described === this.#described) return;
    this.#described = described;
    this.#journal.write('describe', () => this.#store.describe(id, codecs, ...size));
  }

  #tellLive(): void {
    this.#listeners.tell(this.stream.channelId, { type: 'live', live: this.snapshot });
  }

  #tellViewers(): void {
    this.#listeners.tell(this.stream.channelId, { type: 'viewers', viewers: this.stream.viewers });
  }

  #count(): { ms: number; viewers: number } {
    return { ms: this.#clock.now(), viewers: this.stream.viewers };
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}
