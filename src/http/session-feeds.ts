import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { LiveEvent } from '../streams/live-events.ts';
import type { LayerStats } from '../streams/ports.ts';
import type { StreamRegistry, Viewing } from '../streams/registry.ts';
import { layersFor } from '../streams/viewer-video.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import { EventStreams, type LatestEvents } from './event-stream.ts';
import type { Limits } from './limits.ts';

export const SESSION_EVENTS = ['active', 'inactive', 'layers', 'viewercount'] as const;
export type SessionEventName = (typeof SESSION_EVENTS)[number];

const MAX_FEEDS = 4;

/** One event stream of a viewer's session, being read or not. All that it tells is a state, so nothing is kept for later. */
interface SessionFeed {
  readonly wanted: ReadonlySet<SessionEventName>;
  /** A viewer who came while nobody published is not told so. */
  hasBeenActive: boolean;
  isActive: boolean;
  reader: LatestEvents | undefined;
}

interface FedSession {
  readonly viewing: Viewing;
  readonly feeds: Map<string, SessionFeed>;
}

/** The event streams of viewers' sessions (WHEP's extension for server-sent events). They end with their session. */
export class SessionFeeds {
  readonly #streams: StreamRegistry;
  readonly #readers: EventStreams;
  readonly #sessions = new Map<string, FedSession>();

  constructor(streams: StreamRegistry, limits: Limits) {
    this.#streams = streams;
    this.#readers = new EventStreams(limits);
  }

  /** The id of the new one. Throws `no_session` and `too_many_session_feeds`. */
  create(sessionId: string, wanted: readonly SessionEventName[]): string {
    const { viewing, feeds } = this.#sessions.get(sessionId) ?? this.#add(sessionId);
    if (feeds.size >= MAX_FEEDS) {
      throw new HttpError('too_many_session_feeds', `A session may have ${MAX_FEEDS} event streams.`);
    }
    const id = randomUUID();
    const { live } = this.#streams.live(viewing.channelId);
    feeds.set(id, { wanted: new Set(wanted), hasBeenActive: live, isActive: false, reader: undefined });
    return id;
  }

  /** Begins with the present state. Who read it before is cut off. Throws `not_found`, `too_many_feeds` and `rate_limited`. */
  read(c: Context<AppEnv>, sessionId: string, feedId: string): Response {
    const { viewing, feed } = this.#find(sessionId, feedId);
    return this.#readers.open(c, (reader) => {
      feed.reader?.close();
      feed.reader = reader;
      feed.isActive = false;
      this.#tellPresent(feed, viewing);
      const unsubscribe = this.#streams.subscribe(viewing.channelId, (event) => tell(feed, viewing, event));
      return () => {
        unsubscribe();
        if (feed.reader === reader) feed.reader = undefined;
      };
    });
  }

  /** Throws `not_found`. */
  delete(sessionId: string, feedId: string): void {
    const { feeds, feed } = this.#find(sessionId, feedId);
    feeds.delete(feedId);
    feed.reader?.close();
  }

  #add(sessionId: string): FedSession {
    const viewing = this.#streams.viewing(sessionId, () => this.#end(sessionId));
    const session = { viewing, feeds: new Map<string, SessionFeed>() };
    this.#sessions.set(sessionId, session);
    return session;
  }

  #end(sessionId: string): void {
    for (const feed of this.#sessions.get(sessionId)?.feeds.values() ?? []) feed.reader?.close();
    this.#sessions.delete(sessionId);
  }

  #find(sessionId: string, feedId: string): FedSession & { feed: SessionFeed } {
    const session = this.#sessions.get(sessionId);
    const feed = session?.feeds.get(feedId);
    if (!session || !feed) throw new HttpError('not_found', 'There is no such event stream.');
    return { ...session, feed };
  }

  #tellPresent(feed: SessionFeed, viewing: Viewing): void {
    const live = this.#streams.live(viewing.channelId);
    tell(feed, viewing, { type: 'live', live });
    if (!live.stream) return;
    tell(feed, viewing, { type: 'layers', layers: live.stream.layers });
    tell(feed, viewing, { type: 'viewers', viewers: live.stream.viewers });
  }
}

function tell(feed: SessionFeed, { video }: Viewing, event: LiveEvent): void {
  if (event.type === 'live') return tellActive(feed, event.live.live);
  if (event.type === 'viewers') return push(feed, 'viewercount', { viewercount: event.viewers });
  if (!video || event.layers.length === 0) return;
  push(feed, 'layers', { [video.index]: layersFor(video, event.layers).map(layerView) });
}

function tellActive(feed: SessionFeed, isActive: boolean): void {
  const isKnown = isActive ? feed.isActive : !feed.hasBeenActive;
  feed.isActive = isActive;
  feed.hasBeenActive ||= isActive;
  if (!isKnown) push(feed, isActive ? 'active' : 'inactive', {});
}

function push({ wanted, reader }: SessionFeed, name: SessionEventName, data: unknown): void {
  // Of `active` and `inactive` the later one is true.
  const slot = name === 'inactive' ? 'active' : name;
  if (wanted.has(name)) reader?.push({ name, data }, slot);
}

/** The draft spells `heigth` where its clients may spell `height`: they get both. A bitrate of 0: not sent now. */
function layerView({ rid, bitrateBps, width, height, spatialLayerId, temporalLayerId }: LayerStats) {
  // Each must have one name at least.
  const spatial = rid === '' ? (spatialLayerId ?? 0) : spatialLayerId;
  return {
    ...(rid !== '' && { rid }),
    spatialLayerId: spatial,
    temporalLayerId,
    bitrate: bitrateBps,
    width,
    height,
    heigth: height,
  };
}
