import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#src/config.ts';
import { type Database, joinDatabase } from '#src/db/database.ts';
import { findFfmpeg } from '#src/ffmpeg.ts';
import type { Log } from '#src/log.ts';
import { openStorage } from '#src/storage/open-storage.ts';
import type { Storage } from '#src/storage/ports.ts';
import { JobNews } from '#src/webhooks/job-news.ts';
import { attempt, type Workshop } from './attempt.ts';
import { Ffmpeg } from './ffmpeg.ts';
import type { JobKindRun } from './job-kind.ts';
import { WorkFolders } from './work-folders.ts';

const FORGET_MS = 3_600_000;

interface TranscoderOptions {
  readonly config: Config;
  readonly log: Log;
  readonly kinds: readonly JobKindRun[];
  readonly worked: Workshop['worked'];
  /** On another machine than the server, for all that is known. */
  readonly isElsewhere?: boolean;
}

interface Opened {
  readonly database: Database;
  readonly storage: Storage;
  readonly folders: WorkFolders;
}

/** Does what is due of `kinds`, until it is closed. Without an ffmpeg that can, it says so and waits for nothing. */
export class Transcoder {
  readonly #opened: Opened;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();

  private constructor(opened: Opened) {
    this.#opened = opened;
  }

  static async start({ config, log, kinds, worked, isElsewhere = false }: TranscoderOptions): Promise<Transcoder> {
    const found = await findFfmpeg(config.ffmpegPath);
    const ffmpeg = Ffmpeg.of(found);
    const database = await joinDatabase({ config, log });
    const storage = await openStorage({ ...config, isElsewhere });
    const parent = join(config.dataDir, 'work');
    await mkdir(parent, { recursive: true, mode: 0o750 });
    const folders = await WorkFolders.open(parent);
    const transcoder = new Transcoder({ database, storage, folders });
    if (typeof ffmpeg === 'string') {
      log.warn(`cannot transcode: ${ffmpeg}`);
      return transcoder;
    }
    const { jobs: leases, webhookDeliveries: deliveries, channels } = database;
    const witness = new JobNews({ deliveries, channels });
    const closing = transcoder.#closing.signal;
    const serverUrl = config.internalUrl;
    const { reserveBytes } = config.recordings;
    const means = { ffmpeg, storage, database, serverUrl, reserveBytes, isElsewhere };
    const shop = { leases, folders, witness, closing, worked, log, ...means };
    const forget = () =>
      void leases.forget(new Date()).catch((err: unknown) => log.warn({ err }, 'old jobs were kept'));
    forget();
    const forgetting = setInterval(forget, FORGET_MS).unref();
    closing.addEventListener('abort', () => clearInterval(forgetting));
    for (const kind of kinds) await transcoder.#take(kind, shop);
    log.info({ ffmpeg: found.version, encoder: ffmpeg.videoEncoder, storage: storage.name }, 'transcoder ready');
    return transcoder;
  }

  /** What is being done is handed back to whoever comes next. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the transcoder ends'));
    await Promise.allSettled(this.#running);
    await this.#opened.folders.close();
    await this.#opened.database.close();
    this.#opened.storage.close();
  }

  async #take(kind: JobKindRun, shop: Workshop): Promise<void> {
    await shop.leases.onDue(kind.kind, kind.concurrency, async (due) => {
      if (this.#closing.signal.aborted) return 'again';
      const done = attempt(due, kind, shop);
      this.#running.add(done);
      await done.finally(() => this.#running.delete(done));
      return 'done';
    });
  }
}
