import type { Logger } from 'pino';
import type { AnalyticsStore } from './ports.ts';

const EVERY_MS = 3600 * 1000;
const DAY_MS = 24 * EVERY_MS;
const MINUTE_MS = 60_000;
/** So that no step holds the database up. */
const AT_ONCE = 5_000;

interface RetentionOptions {
  readonly store: Pick<AnalyticsStore, 'thinSamples' | 'forgetViewers'>;
  readonly days: number;
  readonly log: Logger;
  readonly now?: () => Date;
}

/** Makes what is old coarser, once an hour and in small steps: a stream's own figures stay as they are. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #now: () => Date;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  start(): void {
    const run = () => {
      this.#running = this.run().catch((error: unknown) =>
        this.#options.log.warn({ err: error }, 'old figures were not made coarser'),
      );
    };
    run();
    this.#timer = setInterval(run, EVERY_MS);
  }

  /** Resolves when nothing old is left, or it is closed. */
  async run(): Promise<void> {
    const { store, days, log } = this.#options;
    // Whole minutes only, so that none is made of a part of its samples.
    const before = new Date(Math.floor((this.#now().getTime() - days * DAY_MS) / MINUTE_MS) * MINUTE_MS);
    const samples = await this.#repeat(() => store.thinSamples(before, AT_ONCE));
    const viewers = await this.#repeat(() => store.forgetViewers(before, AT_ONCE));
    if (samples + viewers > 0) log.info({ samples, viewers }, 'old figures made coarser');
  }

  /** Idempotent; resolves when the step under way is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  async #repeat(step: () => Promise<number>): Promise<number> {
    let total = 0;
    while (!this.#isClosed) {
      const done = await step();
      total += done;
      if (done < AT_ONCE) break;
    }
    return total;
  }
}
