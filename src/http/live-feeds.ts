import type { Context } from 'hono';
import type { LiveEvent } from '../streams/live-events.ts';
import type { Pass } from '../streams/passes.ts';
import type { EndReason } from '../streams/ports.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import { liveView } from './api/schemas.ts';
import { EventStreams, type LatestEvents, type ServerEvent } from './event-stream.ts';
import type { Limits } from './limits.ts';

/** The event streams of channels, for the site and whoever knows the API. */
export class LiveFeeds {
  readonly #streams: StreamRegistry;
  readonly #feeds: EventStreams;

  constructor(streams: StreamRegistry, limits: Limits) {
    this.#streams = streams;
    this.#feeds = new EventStreams(limits);
  }

  /** Throws `too_many_feeds` and `rate_limited`. */
  open(c: Context, channelId: string, pass: Pass | undefined): Response {
    return this.#feeds.open(c, (latest) => {
      latest.push(serverEvent({ type: 'live', live: this.#streams.live(channelId) }));
      const unsubscribe = this.#streams.subscribe(channelId, (event) => latest.push(serverEvent(event)));
      const release = pass && this.#streams.passes.listen(pass, (reason) => farewell(latest, reason));
      return () => {
        unsubscribe();
        release?.();
      };
    });
  }
}

/** The last that who listens hears. */
function farewell(latest: LatestEvents, reason: EndReason): void {
  latest.push({ name: 'ended', data: { reason } });
  latest.close();
}

function serverEvent(event: LiveEvent): ServerEvent {
  switch (event.type) {
    case 'live':
      return { name: 'live', data: liveView(event.live) };
    case 'viewers':
      return { name: 'viewers', data: { viewers: event.viewers } };
    case 'layers':
      return { name: 'layers', data: { layers: event.layers } };
  }
}
