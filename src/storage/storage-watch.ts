import type { Logger } from 'pino';
import type { Storage } from './ports.ts';

const ASK_AGAIN_MS = 30_000;
const TIDY_MS = 3_600_000;

interface WatchOptions {
  readonly storage: Storage;
  readonly log: Logger;
  readonly now?: () => number;
}

/** How the storage is, for those who ask often; and what it wants done now and then. */
export class StorageWatch {
  readonly #storage: Storage;
  readonly #log: Logger;
  readonly #now: () => number;
  #asked: { readonly atMs: number; readonly state: Promise<true | string> } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ storage, log, now = Date.now }: WatchOptions) {
    this.#storage = storage;
    this.#log = log.child({ room: 'storage' });
    this.#now = now;
  }

  /** Says once what is wrong. Streams do without it, so nobody waits. */
  async start(): Promise<void> {
    this.#timer ??= setInterval(() => void this.#tidy(), TIDY_MS).unref();
    const state = this.#storage.checkWriting();
    this.#asked = { atMs: this.#now(), state };
    const found = await state;
    if (found === true) this.#log.info({ storage: this.#storage.name }, 'recordings are kept');
    else this.#log.error(`recordings stay on this machine: ${found}`);
    await this.#tidy();
  }

  state(): Promise<true | string> {
    const nowMs = this.#now();
    if (this.#asked === undefined || nowMs - this.#asked.atMs >= ASK_AGAIN_MS) {
      this.#asked = { atMs: nowMs, state: this.#storage.check() };
    }
    return this.#asked.state;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#storage.close();
  }

  /** A bucket that is away is told of already. */
  async #tidy(): Promise<void> {
    const now = new Date(this.#now());
    await this.#storage.removeLeftovers(now).catch((error: unknown) => {
      this.#log.debug({ err: error }, 'what was left half written was not removed');
    });
  }
}
