import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { MediaTap } from '../streams/ports.ts';
import type { FeedReport } from './feed-messages.ts';
import type { FeedThread } from './feed-thread-link.ts';

/** Where the bytes of one feed go. */
export interface FeedSink {
  write(bytes: Uint8Array): void;
  /** Once; nothing is written afterwards. Not called where the feed was stopped. */
  end(): void;
}

export interface FeedRequest {
  /** As the media threads know it. */
  readonly mediaId: string;
  readonly originMs: number;
  readonly isKeyframesOnly: boolean;
}

interface OpenFeed {
  readonly mediaId: string;
  readonly sink: FeedSink;
}

/** What is published, on its way to those who transcode it: Matroska, as it comes. */
export class StreamFeeds {
  readonly #media: MediaTap;
  readonly #thread: FeedThread;
  readonly #log: Logger;
  readonly #open = new Map<string, OpenFeed>();

  constructor({ media, thread, log }: { media: MediaTap; thread: FeedThread; log: Logger }) {
    this.#media = media;
    this.#thread = thread;
    this.#log = log;
    thread.listen(this);
  }

  /** Until the returned function is called, which tells whether there was anything to stop. `undefined` where nobody publishes. */
  open({ mediaId, originMs, isKeyframesOnly }: FeedRequest, sink: FeedSink): (() => boolean) | undefined {
    const thread = this.#media.homeOf(mediaId);
    if (thread === undefined) return undefined;
    const feedId = randomUUID();
    this.#open.set(feedId, { mediaId, sink });
    this.#thread.tell({ type: 'start', feedId, streamId: mediaId, thread, originMs, isKeyframesOnly });
    return () => {
      const isOpen = this.#forget(feedId) !== undefined;
      if (isOpen) this.#thread.tell({ type: 'stop', feedId });
      return isOpen;
    };
  }

  /** The stream is over. */
  ended(mediaId: string): void {
    for (const [feedId, feed] of [...this.#open]) {
      if (feed.mediaId !== mediaId) continue;
      this.#thread.tell({ type: 'stop', feedId });
      this.#end(feedId);
    }
  }

  report(report: FeedReport): void {
    if (report.type === 'problem') {
      this.#log.error({ err: report.error }, 'a bug cost some pictures of a feed');
      return;
    }
    const feed = this.#open.get(report.feedId);
    // The home tells who listens what is cached, so it has to be told after he does.
    if (report.type === 'following' && feed) this.#media.tap(feed.mediaId, report.feedId);
    else if (report.type === 'bytes') feed?.sink.write(report.bytes);
    else if (report.type === 'over') this.#end(report.feedId);
  }

  died(error: Error): void {
    this.#log.error({ err: error }, 'feed thread died');
    for (const feedId of [...this.#open.keys()]) this.#end(feedId);
  }

  async close(): Promise<void> {
    for (const feedId of [...this.#open.keys()]) this.#end(feedId);
    await this.#thread.close();
  }

  #end(feedId: string): void {
    this.#forget(feedId)?.sink.end();
  }

  #forget(feedId: string): OpenFeed | undefined {
    const feed = this.#open.get(feedId);
    this.#open.delete(feedId);
    if (feed) this.#media.untap(feed.mediaId, feedId);
    return feed;
  }
}
