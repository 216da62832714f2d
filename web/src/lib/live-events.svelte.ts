import { eventsUrl, type Live } from './api/live.ts';
import { ChannelEvents } from './channel-events.ts';
import type { ChatListener } from './chat/messages.ts';

/** As long as nothing else is known. */
export const OFFLINE: Live = { live: false, state: 'offline', dashUrl: null, thumbnailUrl: null, stream: null };

/** A channel's live state and viewer count, and its chat where somebody listens, kept current by server-sent events. */
export class LiveEvents {
  live: Live = $state.raw(OFFLINE);
  viewers = $state(0);
  readonly #events: ChannelEvents;

  constructor(slug: string, initial: Live, chat?: ChatListener) {
    this.#show(initial);
    this.#events = new ChannelEvents({
      url: eventsUrl(slug),
      onLive: (live) => this.#show(live),
      onViewers: (viewers) => {
        this.viewers = viewers;
      },
      chat,
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
