import { FEED_HEADER_BYTES, FeedRecord, type FeedRendition, type FeedSource } from './feed-records.ts';
import { FeedRingReader } from './feed-ring.ts';

/** Hears what is told of one stream, as one of any number. Records are good for the time of the call only. */
export interface FeedListener {
  readonly streamId: string;
  /** Who publishes now; the same one may be told of again. */
  source(source: FeedSource): void;
  /** `bytes[at..end)` is the record, its payload behind the header. Whether it was of any use. */
  packet(record: FeedRecord, bytes: Uint8Array, at: number, end: number): boolean;
  clock(record: FeedRecord): void;
  /** A layer made here has come or gone; the same one may be told of again. */
  rendition?(rendition: FeedRendition): void;
  /** This thread was too slow: packets are missing, nobody knows which. */
  missed(): void;
}

/** Reads what one other thread tells, of the streams that are followed here. */
export class FeedReader {
  readonly #ring: FeedRingReader;
  readonly #record: FeedRecord;
  readonly #followed = new Map<string, FeedListener[]>();
  /** By the writer's number of the feed. */
  readonly #feeds = new Map<number, readonly FeedListener[]>();
  #reportedOverruns = 0;
  #isClosed = false;

  constructor(ring: SharedArrayBuffer) {
    this.#ring = new FeedRingReader(ring);
    this.#record = new FeedRecord(this.#ring.view);
  }

  /** How often since the last call this thread was too slow and packets were lost on the way. */
  takeOverruns(): number {
    const overruns = this.#ring.overruns - this.#reportedOverruns;
    this.#reportedOverruns += overruns;
    return overruns;
  }

  follow(listener: FeedListener): void {
    const { streamId } = listener;
    const others = this.#followed.get(streamId);
    if (others) others.push(listener);
    else this.#followed.set(streamId, [listener]);
  }

  /** Idempotent. */
  unfollow(listener: FeedListener): void {
    const { streamId } = listener;
    const all = this.#followed.get(streamId);
    const at = all?.indexOf(listener) ?? -1;
    if (at >= 0) all?.splice(at, 1);
    if (all?.length !== 0) return;
    this.#followed.delete(streamId);
    for (const [number, known] of this.#feeds) if (known === all) this.#feeds.delete(number);
  }

  /** Until it is closed, calls back after each burst that was read. `report`: a bug, which costs that burst. */
  async run(onBurst: () => void, report: (error: unknown) => void): Promise<void> {
    while (!this.#isClosed) {
      await this.#ring.called();
      if (this.#isClosed) return;
      try {
        if (this.read()) onBurst();
      } catch (error) {
        report(error);
      }
    }
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Takes all there is. Whether there was anything for this thread. */
  read(): boolean {
    const { overruns } = this.#ring;
    let isConcerned = false;
    for (let at = this.#ring.next(); at >= 0; at = this.#ring.next()) {
      isConcerned = this.#take(at, at + this.#ring.length) || isConcerned;
      this.#ring.finish();
    }
    if (this.#ring.overruns !== overruns) for (const listener of [...this.#followed.values()].flat()) listener.missed();
    return isConcerned;
  }

  #take(at: number, end: number): boolean {
    const record = this.#record.look(at);
    if (record.type === 'source') {
      this.#begin(record.feed, at + FEED_HEADER_BYTES, end);
      return false;
    }
    const listeners = this.#feeds.get(record.feed);
    if (!listeners) return false;
    if (record.type === 'packet') return this.#packet(listeners, record, at, end);
    if (record.type === 'clock') for (const listener of listeners) listener.clock(record);
    else if (record.type === 'rendition') this.#rendition(listeners, at + FEED_HEADER_BYTES, end);
    return false;
  }

  #packet(listeners: readonly FeedListener[], record: FeedRecord, at: number, end: number): boolean {
    let isConcerned = false;
    for (const listener of listeners) isConcerned = listener.packet(record, this.#ring.bytes, at, end) || isConcerned;
    return isConcerned;
  }

  #rendition(listeners: readonly FeedListener[], start: number, end: number): void {
    const rendition = this.#json<FeedRendition>(start, end);
    if (rendition) for (const listener of listeners) listener.rendition?.(rendition);
  }

  #begin(feed: number, start: number, end: number): void {
    const source = this.#json<FeedSource>(start, end);
    const listeners = source && this.#followed.get(source.streamId);
    if (!listeners) {
      this.#feeds.delete(feed);
      return;
    }
    this.#feeds.set(feed, listeners);
    for (const listener of listeners) listener.source(source);
  }

  /** `undefined` where it was overwritten while it was read. */
  #json<T>(start: number, end: number): T | undefined {
    try {
      return JSON.parse(Buffer.from(this.#ring.bytes.subarray(start, end)).toString()) as T;
    } catch {
      return undefined;
    }
  }
}
