import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { RecordingStore } from './ports.ts';

const EVERY_MS = 600_000;
/** A folder that no row knows may be what a backup did not have: there is time to take it away. */
const KEPT_MS = 30 * 86_400_000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface StraysOptions {
  readonly recordings: { endAbandoned(): Promise<void> };
  readonly store: Pick<RecordingStore, 'known'>;
  readonly folder: string;
  readonly log: Logger;
  readonly now?: () => number;
}

/** Brings rows and folders of recordings together again that a crash, or a row that could not be written, set apart. */
export class Strays {
  readonly #options: StraysOptions;
  readonly #now: () => number;
  readonly #told = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: StraysOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  start(): void {
    if (this.#isClosed) return;
    const sweep = () => {
      this.#sweeping = this.sweep();
    };
    sweep();
    this.#timer ??= setInterval(sweep, EVERY_MS).unref();
  }

  /** Never rejects. */
  async sweep(): Promise<void> {
    const { recordings, log } = this.#options;
    try {
      await recordings.endAbandoned();
      await this.#sweepFolders();
    } catch (error) {
      log.warn({ err: error }, 'stray recordings were not looked after');
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  async #sweepFolders(): Promise<void> {
    const { store, folder, log } = this.#options;
    const names = (await readdir(folder)).filter((name) => UUID.test(name));
    const known = await store.known(names);
    // None of them: it is the database that is another one.
    if (known.size === 0) return;
    for (const name of names.filter((one) => !known.has(one))) {
      const path = join(folder, name);
      const untilMs = (await touchedMs(path)) + KEPT_MS;
      if (untilMs < this.#now()) {
        await rm(path, { recursive: true, force: true });
        log.info({ recording: name }, 'files removed that belong to no recording');
      } else if (!this.#told.has(name)) {
        this.#told.add(name);
        log.warn({ recording: name, goesAt: new Date(untilMs) }, 'there are files that belong to no recording');
      }
    }
  }
}

/** The latest of all that is in it. */
async function touchedMs(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true });
  const times = await Promise.all([folder, ...entries.map((name) => join(folder, name))].map((path) => stat(path)));
  return Math.max(...times.map(({ mtimeMs }) => mtimeMs));
}
