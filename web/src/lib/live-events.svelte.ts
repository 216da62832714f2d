import { eventsUrl, type Live } from './api.ts';
import { backoffMs } from './backoff.ts';

/** A channel's live state and viewer count, kept current by server-sent events. */
export class LiveEvents {
  live: Live = $state.raw({ live: false, state: 'offline', stream: null });
  viewers = $state(0);
  readonly #slug: string;
  readonly #onLive: (live: Live) => void;
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(slug: string, initial: Live, onLive: (live: Live) => void = () => {}) {
    this.#slug = slug;
    this.#onLive = onLive;
    this.#show(initial);
  }

  open(): void {
    const source = new EventSource(eventsUrl(this.#slug));
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
    };
    source.addEventListener('live', (event) => {
      const live: Live = JSON.parse(event.data);
      this.#show(live);
      this.#onLive(live);
    });
    source.addEventListener('viewers', (event) => {
      this.viewers = JSON.parse(event.data).viewers;
    });
    source.onerror = () => {
      // The browser repeats what broke off, but not what was refused.
      if (source.readyState !== EventSource.CLOSED) return;
      this.#timer = setTimeout(() => this.open(), backoffMs(this.#failures++));
    };
  }

  /** Idempotent. */
  close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
  }

  #show(live: Live): void {
    this.live = live;
    this.viewers = live.stream?.viewers ?? 0;
  }
}
