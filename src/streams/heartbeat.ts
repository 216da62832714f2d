import type { Logger } from 'pino';
import type { StreamStore } from './ports.ts';

const EVERY_MS = 10_000;

/** Notes which streams are live, so that after a crash their rows can be given an honest end. */
export class Heartbeat {
  readonly #store: StreamStore;
  readonly #log: Logger;
  #dueMs: number;
  #isWriting = false;

  constructor({ store, log, nowMs }: { store: StreamStore; log: Logger; nowMs: number }) {
    this.#store = store;
    this.#log = log;
    this.#dueMs = nowMs + EVERY_MS;
  }

  /** Writes when it is time to, never two at once, and lets a failed one be: the next is not far. */
  beat(streamIds: readonly string[], nowMs: number): void {
    if (nowMs < this.#dueMs || this.#isWriting) return;
    this.#dueMs = nowMs + EVERY_MS;
    if (streamIds.length === 0) return;
    this.#isWriting = true;
    this.#store
      .heartbeat(streamIds, new Date(nowMs))
      .catch((error: unknown) => this.#log.warn({ err: error }, 'heartbeat was not written'))
      .finally(() => {
        this.#isWriting = false;
      });
  }
}
