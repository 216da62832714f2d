/** The thread that feeds transcoders: hears from media threads what they tell of the streams that are fed, as Matroska. */
import { parentPort, workerData } from 'node:worker_threads';
import { LiveFeed } from './recording/live-feed.ts';
import type { FeedCommand, FeedReport, FeedStart, FeedThreadOptions } from './renditions/feed-messages.ts';
import { type FeedListener, FeedReader } from './transport/feed-reader.ts';
import { FEED_HEADER_BYTES, type FeedRecord, type FeedSource } from './transport/feed-records.ts';
import { fromProcessMs } from './transport/process-clock.ts';

const main = parentPort;
if (!main) throw new Error('This file runs as a worker thread only.');

const { rings } = workerData as FeedThreadOptions;
const say = (report: FeedReport) => main.postMessage(report);
const sayBytes = (feedId: string, bytes: Uint8Array<ArrayBuffer>) =>
  main.postMessage({ type: 'bytes', feedId, bytes } satisfies FeedReport, [bytes.buffer]);
const readers = rings.map((ring) => new FeedReader(ring));
const feeds = new Map<string, Feed>();

class Feed implements FeedListener {
  readonly streamId: string;
  readonly thread: number;
  readonly #feedId: string;
  readonly #feed: LiveFeed;
  #sessionId = '';

  constructor({ feedId, streamId, thread, originMs, isKeyframesOnly }: FeedStart) {
    this.streamId = streamId;
    this.thread = thread;
    this.#feedId = feedId;
    this.#feed = new LiveFeed({ originMs: fromProcessMs(originMs), isKeyframesOnly });
  }

  source({ sessionId, tracks }: FeedSource): void {
    if (sessionId === this.#sessionId) return;
    this.#sessionId = sessionId;
    this.#send(this.#feed.source({ tracks }));
  }

  packet(record: FeedRecord, bytes: Uint8Array, at: number, end: number): boolean {
    const { extSeq, epoch, timestamp, marker, codec, ms: arrivedMs } = record;
    // The ring goes on without waiting.
    const payload = bytes.slice(at + FEED_HEADER_BYTES, end);
    this.#send(this.#feed.packet(record, { extSeq, epoch, timestamp, marker, codec, payload, arrivedMs }));
    return true;
  }

  clock(record: FeedRecord): void {
    this.#feed.clock(record, record.timestamp, record.ms);
  }

  /** The gap tells by itself: its pictures are left out. */
  missed(): void {}

  #send(pieces: readonly Uint8Array[]): void {
    if (pieces.length > 0) sayBytes(this.#feedId, new Uint8Array(Buffer.concat(pieces)));
    if (!this.#feed.isOver) return;
    stop(this.#feedId);
    say({ type: 'over', feedId: this.#feedId });
  }
}

function start(command: FeedStart): void {
  const feed = new Feed(command);
  feeds.set(command.feedId, feed);
  readers[command.thread]?.follow(feed);
  say({ type: 'following', feedId: command.feedId });
}

function stop(feedId: string): void {
  const feed = feeds.get(feedId);
  if (!feed) return;
  feeds.delete(feedId);
  readers[feed.thread]?.unfollow(feed);
}

for (const reader of readers)
  void reader.run(
    () => {},
    (error) => say({ type: 'problem', error }),
  );

main.on('message', (command: FeedCommand) => {
  if (command.type === 'start') start(command);
  else stop(command.feedId);
});
