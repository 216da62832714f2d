import type { Logger } from 'pino';
import { renditionRunPrefix } from './keys.ts';
import type { Storage } from './ports.ts';

const EVERY_MS = 3_600_000;
/** Who began to watch the old ones goes on as long as anybody watches at a stretch. */
const KEPT_MS = 86_400_000;
const AT_ONCE = 100;

interface Run {
  readonly recordingId: string;
  readonly run: string;
}

interface FormerVersionsOptions {
  /** As `RenditionStore` has it. */
  readonly store: {
    outdated(before: Date, limit: number): Promise<readonly Run[]>;
    forget(run: Run): Promise<void>;
  };
  readonly storage: Pick<Storage, 'deletePrefix'>;
  readonly log: Logger;
  readonly now?: () => number;
}

/** Removes versions of recordings a day after others took their place, and what a crash left of some that never were shown. */
export class FormerVersions {
  readonly #options: FormerVersionsOptions;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: FormerVersionsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  start(): void {
    const sweep = () => {
      this.#sweeping = this.sweep();
    };
    sweep();
    this.#timer ??= setInterval(sweep, EVERY_MS).unref();
  }

  /** Never rejects: what is left is tried again at the next sweep. */
  async sweep(): Promise<void> {
    const { store, storage, log } = this.#options;
    try {
      for (const place of await store.outdated(new Date(this.#now() - KEPT_MS), AT_ONCE)) {
        await storage.deletePrefix(renditionRunPrefix(place));
        await store.forget(place);
        log.info({ recording: place.recordingId, run: place.run }, 'former versions of a recording removed');
      }
    } catch (error) {
      log.warn({ err: error }, 'former versions of recordings were kept');
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }
}
