import type { Logger } from 'pino';
import type { Broadcast } from './broadcast.ts';
import type { StreamSample, StreamStore } from './ports.ts';

const EVERY_MS = 10_000;
/** A hundred streams for an hour without a database; beyond that the oldest are lost. */
const MAX_WAITING = 36_000;

/** Notes every ten seconds how each live stream goes: all of them by one statement, which is tried again with the next. */
export class Sampling {
  readonly #store: StreamStore;
  readonly #log: Logger;
  #dueMs: number;
  #waiting: StreamSample[] = [];
  #isWriting = false;

  constructor({ store, log, nowMs }: { store: StreamStore; log: Logger; nowMs: number }) {
    this.#store = store;
    this.#log = log;
    this.#dueMs = nowMs + EVERY_MS;
  }

  tick(live: readonly Broadcast[], nowMs: number): void {
    // A clock that was set back does not stop it.
    if (nowMs < this.#dueMs && this.#dueMs - nowMs <= EVERY_MS) return;
    this.#dueMs = nowMs + EVERY_MS;
    this.#waiting = [...this.#waiting, ...live.flatMap((broadcast) => broadcast.sample() ?? [])].slice(-MAX_WAITING);
    if (this.#waiting.length === 0 || this.#isWriting) return;
    this.#isWriting = true;
    const samples = this.#waiting;
    this.#waiting = [];
    this.#store
      .addSamples(samples)
      .catch((error: unknown) => {
        this.#waiting = [...samples, ...this.#waiting].slice(-MAX_WAITING);
        this.#log.warn({ err: error, samples: samples.length }, 'samples were not written, trying again');
      })
      .finally(() => {
        this.#isWriting = false;
      });
  }
}
