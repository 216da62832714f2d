import type { Live } from './api/live.ts';
import { backoffMs } from './backoff.ts';
import type { ChatListener } from './chat/messages.ts';

export interface ChannelEventsOptions {
  readonly url: string;
  readonly onLive: (live: Live) => void;
  readonly onViewers: (viewers: number) => void;
  /** Who listens may not any more. */
  readonly onEnded?: (reason: string) => void;
  readonly chat?: ChatListener | undefined;
}

/** What a channel tells of itself by server-sent events, for as long as it is open: the present state first. */
export class ChannelEvents {
  readonly #options: ChannelEventsOptions;
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(options: ChannelEventsOptions) {
    this.#options = options;
  }

  /** Begins anew when it is open already. */
  open(): void {
    this.close();
    const source = new EventSource(this.#options.url);
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
      this.#options.chat?.opened();
    };
    source.addEventListener('live', ({ data }) => this.#options.onLive(JSON.parse(data)));
    source.addEventListener('viewers', ({ data }) => this.#options.onViewers(JSON.parse(data).viewers));
    source.addEventListener('ended', ({ data }) => this.#options.onEnded?.(JSON.parse(data).reason));
    source.addEventListener('chat', ({ data }) => this.#options.chat?.heard(JSON.parse(data)));
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
}
