import { FeedReader } from './feed-reader.ts';
import { FeedRingWriter } from './feed-ring.ts';
import type { MediaMemory } from './media-memory.ts';
import type { KeyframeWish } from './messages.ts';
import { MirroredSource } from './mirrored-source.ts';
import { StreamFeed } from './stream-feed.ts';
import type { StreamMedia } from './stream-media.ts';
import { StreamMirror } from './stream-mirror.ts';
import type { StreamTable } from './stream-table.ts';

export interface FeedsOptions {
  /** One of each thread, by its number; none where there is a single thread. */
  readonly rings: readonly SharedArrayBuffer[];
  readonly thread: number;
  readonly streams: StreamTable;
  readonly memory: MediaMemory;
  /** A bug in reading what another thread told. */
  readonly report: (error: unknown) => void;
}

/** What this media thread tells the others of the streams published on it, and hears of those published elsewhere. */
export class Feeds {
  readonly #streams: StreamTable;
  readonly #memory: MediaMemory;
  readonly #writer: FeedRingWriter | undefined;
  readonly #readers: readonly (FeedReader | undefined)[];
  /** By stream. */
  readonly #mirrors = new Map<string, { readonly reader: FeedReader; readonly mirror: StreamMirror }>();
  #written = 0;

  constructor({ rings, thread, streams, memory, report }: FeedsOptions) {
    const own = rings[thread];
    this.#streams = streams;
    this.#memory = memory;
    this.#writer = own && new FeedRingWriter(own);
    this.#readers = rings.map((ring, index) => (index === thread ? undefined : new FeedReader(ring)));
    for (const reader of this.#readers) void reader?.run(() => streams.flush(performance.now()), report);
  }

  /** One more thread follows this stream: whoever else does is told once more what is cached. */
  feed(streamId: string): void {
    const stream = this.#streams.of(streamId);
    if (!this.#writer) return;
    stream.feed ??= this.#begin(stream, this.#writer);
    if (stream.publisher) stream.feed.source(stream.publisher);
    this.call();
  }

  #begin({ id: streamId, renditions }: StreamMedia, ring: FeedRingWriter): StreamFeed {
    const feed = new StreamFeed({ ring, number: this.#written++, streamId });
    for (const layer of renditions) feed.rendition(layer);
    return feed;
  }

  /** Nobody follows it any more. */
  unfeed(streamId: string): void {
    const stream = this.#streams.get(streamId);
    if (stream) stream.feed = undefined;
  }

  /** Hears of a stream that is published on another thread. */
  follow(streamId: string, thread: number): void {
    const reader = this.#readers[thread];
    if (!reader) return;
    this.unfollow(streamId);
    const mirror = new StreamMirror(this.#streams.of(streamId), this.#memory);
    this.#mirrors.set(streamId, { reader, mirror });
    reader.follow(mirror);
  }

  /** Idempotent. */
  unfollow(streamId: string): void {
    const known = this.#mirrors.get(streamId);
    this.#mirrors.delete(streamId);
    known?.reader.unfollow(known.mirror);
  }

  /** Wakes the other threads, where there is something for them. */
  call(): void {
    this.#writer?.call();
  }

  /** How often since the last call another thread was too fast for this one. */
  takeOverruns(): number {
    return this.#readers.reduce((sum, reader) => sum + (reader?.takeOverruns() ?? 0), 0);
  }

  /** The keyframes that viewers here need of publishers elsewhere. */
  wishes(nowMs: number): KeyframeWish[] {
    const wishes: KeyframeWish[] = [];
    this.#streams.each((stream) => wishes.push(...wishesOf(stream, nowMs)));
    return wishes;
  }

  close(): void {
    for (const reader of this.#readers) reader?.close();
  }
}

function wishesOf({ id, source }: StreamMedia, nowMs: number): KeyframeWish[] {
  if (!(source instanceof MirroredSource)) return [];
  return source.tracks.flatMap(({ mid, layers }) =>
    [...layers.values()]
      .filter(({ kind, keyframes }) => kind === 'video' && keyframes.due(nowMs))
      .map(({ rid }) => ({ streamId: id, mid, rid })),
  );
}
