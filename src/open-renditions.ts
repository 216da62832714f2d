import { availableParallelism } from 'node:os';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';
import type { Log } from './log.ts';
import { RenditionDemand } from './renditions/demand.ts';
import { FeedThreadLink } from './renditions/feed-thread-link.ts';
import { LiveLadders, type LiveLaddersOptions } from './renditions/live-ladders.ts';
import { Renditions } from './renditions/renditions.ts';
import { StreamFeeds } from './renditions/stream-feeds.ts';
import type { MediaThreads } from './transport/media-plane.ts';

/** A ladder takes about a core, and streams that are not made smaller need some too. */
const MAX_LADDERS = Math.max(1, Math.floor(availableParallelism() / 2));

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

interface LadderNeeds extends Pick<LiveLaddersOptions, 'demand' | 'grant' | 'unreadMs' | 'storage' | 'log'> {
  readonly database: Database;
}

/** What is asked of transcoders while streams are live. */
export function openLadders({ dashWindowSeconds }: Config, { database, ...needs }: LadderNeeds): LiveLadders {
  const ladders = new LiveLadders({
    ...needs,
    jobs: database.jobs,
    windowSeconds: dashWindowSeconds,
    max: MAX_LADDERS,
  });
  ladders.start();
  return ladders;
}
