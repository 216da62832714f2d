import type { Logger } from 'pino';
import { endLeftOpen } from './left-open.ts';
import type { StreamStore, StreamWitness } from './ports.ts';

const EVERY_MS = 10_000;
/** Six heartbeats: what has been silent for longer is dead, even where the clocks of two servers differ a little. */
const DEAD_MS = 60_000;

/** Notes which streams are live, so that those of a crash can be given an honest end: by the next start, or by another server. */
export class Heartbeat {
  readonly #store: StreamStore;
  readonly #witness: StreamWitness | undefined;
  readonly #log: Logger;
  #dueMs: number;
  #isWriting = false;

  constructor(options: { store: StreamStore; witness: StreamWitness | undefined; log: Logger; nowMs: number }) {
    const { store, witness, log, nowMs } = options;
    this.#store = store;
    this.#witness = witness;
    this.#log = log;
    this.#dueMs = nowMs + EVERY_MS;
  }

  /** Writes when it is time to, never two at once, and lets a failed one be: the next is not far. */
  beat(streamIds: readonly string[], nowMs: number): void {
    if (nowMs < this.#dueMs || this.#isWriting) return;
    this.#dueMs = nowMs + EVERY_MS;
    this.#isWriting = true;
    this.#write(streamIds, nowMs)
      .catch((error: unknown) => this.#log.warn({ err: error }, 'heartbeat was not written'))
      .finally(() => {
        this.#isWriting = false;
      });
  }

  /** Our own first, so that they are not taken for dead after the database was away. */
  async #write(streamIds: readonly string[], nowMs: number): Promise<void> {
    if (streamIds.length > 0) await this.#store.heartbeat(streamIds, new Date(nowMs));
    await endLeftOpen({ store: this.#store, witness: this.#witness, log: this.#log }, new Date(nowMs - DEAD_MS));
  }
}
