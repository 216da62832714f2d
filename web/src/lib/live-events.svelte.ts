import { eventsUrl, type Live } from './api/live.ts';
import { ChannelEvents } from './channel-events.ts';

/** A channel's live state and viewer count, kept current by server-sent events. */
export class LiveEvents {
  live: Live = $state.raw({ live: false, state: 'offline', dashUrl: null, stream: null });
  viewers = $state(0);
  readonly #events: ChannelEvents;

  constructor(slug: string, initial: Live) {
    this.#show(initial);
    this.#events = new ChannelEvents({
      url: eventsUrl(slug),
      onLive: (live) => this.#show(live),
      onViewers: (viewers) => {
        this.viewers = viewers;
      },
    });
  }

  open(): void {
    this.#events.open();
  }

  /** Idempotent. */
  close(): void {
    this.#events.close();
  }

  #show(live: Live): void {
    this.live = live;
    this.viewers = live.stream?.viewers ?? 0;
  }
}
