import type { Log } from './log.ts';
import { RenditionDemand } from './renditions/demand.ts';
import { FeedThreadLink } from './renditions/feed-thread-link.ts';
import { Renditions } from './renditions/renditions.ts';
import { StreamFeeds } from './renditions/stream-feeds.ts';
import type { MediaThreads } from './transport/media-plane.ts';

/** What transcoders are served with, and the thread that makes it. */
export function openRenditions({ media, log }: { media: MediaThreads; log: Log }): {
  renditions: Renditions;
  demand: RenditionDemand;
  close: () => Promise<void>;
} {
  const feeds = new StreamFeeds({ media, thread: new FeedThreadLink({ rings: media.rings }), log });
  const demand = new RenditionDemand({ now: () => performance.now() });
  return { renditions: new Renditions({ feeds, media, demand }), demand, close: () => feeds.close() };
}
