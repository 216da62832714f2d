import type { Log } from './log.ts';
import { FeedThreadLink } from './renditions/feed-thread-link.ts';
import { Renditions } from './renditions/renditions.ts';
import { StreamFeeds } from './renditions/stream-feeds.ts';
import type { MediaThreads } from './transport/media-plane.ts';

/** What transcoders are served with, and the thread that makes it. */
export function openRenditions({ media, log }: { media: MediaThreads; log: Log }): {
  renditions: Renditions;
  close: () => Promise<void>;
} {
  const feeds = new StreamFeeds({ media, thread: new FeedThreadLink({ rings: media.rings }), log });
  return { renditions: new Renditions({ feeds, media }), close: () => feeds.close() };
}
