import type { Logger } from 'pino';
import type { Clock } from './clock.ts';

const RETRY_DELAYS_MS = [200, 1_000, 5_000, 15_000];
const AWAY_DELAY_MS = 15_000;
const MAX_WAITING = 20_000;

/**
 * Writes what happened on one stream, in order, behind the back of media: nobody waits for a row. A failed write is
 * tried again before the next one starts, for as long as the store is away; when it is there and all tries fail, or too
 * many wait, it is logged and left out.
 */
export class Journal {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #isStoreThere: () => Promise<boolean>;
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  #dropped = 0;
  #isHurried = false;
  #wake: () => void = () => {};

  constructor(options: { clock: Clock; log: Logger; isStoreThere: () => Promise<boolean> }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#isStoreThere = options.isStoreThere;
  }

  /** `isVital` writes are taken even when the queue is full. */
  write(what: string, action: () => Promise<void>, isVital = false): void {
    if (this.#waiting >= MAX_WAITING && !isVital) {
      this.#dropped += 1;
      return;
    }
    this.#waiting += 1;
    this.#tail = this.#tail.then(() => this.#try(what, action));
  }

  /** Resolves once everything written so far is stored or given up. */
  drained(): Promise<void> {
    return this.#tail;
  }

  /** For the end of the process: what fails from now on is not tried again. */
  hurry(): void {
    this.#isHurried = true;
    this.#wake();
  }

  async #try(what: string, action: () => Promise<void>): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await action();
        break;
      } catch (error) {
        const delayMs = this.#isHurried ? undefined : await this.#delayMs(attempt);
        if (delayMs === undefined) {
          this.#log.error({ err: error, what }, 'stream row was not written');
          break;
        }
        this.#log.warn({ err: error, what, delayMs }, 'stream row write failed, trying again');
        await this.#pause(delayMs);
      }
    }
    this.#waiting -= 1;
    if (this.#waiting === 0 && this.#dropped > 0) {
      this.#log.error({ rows: this.#dropped }, 'stream rows were dropped');
      this.#dropped = 0;
    }
  }

  async #delayMs(attempt: number): Promise<number | undefined> {
    const soonMs = RETRY_DELAYS_MS[attempt];
    if (soonMs !== undefined) return soonMs;
    return (await this.#isStoreThere()) ? undefined : AWAY_DELAY_MS;
  }

  async #pause(ms: number): Promise<void> {
    if (this.#isHurried) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
