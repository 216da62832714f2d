import type { Logger } from 'pino';
import type { BanStore, MessageStore } from './ports.ts';

const EVERY_MS = 3_600_000;
/** One statement never holds the table for long. */
const STEP = 1_000;
const DAY_MS = 24 * 3_600_000;

export interface SweepOptions {
  readonly messages: MessageStore;
  readonly bans: BanStore;
  readonly days: number;
  readonly log: Logger;
  readonly now: () => number;
}

/** Forgets old messages, and bans that are over with the addresses they hold. */
export class ChatSweep {
  readonly #options: SweepOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  /** Now and every hour. */
  start(): void {
    const sweep = () => {
      this.#running = this.sweep().catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'old chat messages were not removed');
      });
    };
    sweep();
    this.#timer = setInterval(sweep, EVERY_MS);
    this.#timer.unref();
  }

  async sweep(): Promise<void> {
    const { messages, bans, days, now } = this.#options;
    const before = new Date(now() - days * DAY_MS);
    while (!this.#isClosed && (await messages.forget(before, STEP)) === STEP);
    if (!this.#isClosed) await bans.forgetExpired(new Date(now()));
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#running;
  }
}
