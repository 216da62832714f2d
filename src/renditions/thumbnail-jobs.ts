import type { Logger } from 'pino';
import type { JobStore } from '../jobs/ports.ts';
import type { StreamSink, SunkStream } from '../streams/ports.ts';

interface ThumbnailJobsOptions {
  readonly jobs: Pick<JobStore, 'add' | 'cancel'>;
  /** A token for whoever reads the stream; `undefined` where it is over. */
  readonly grant: (streamId: string) => string | undefined;
  readonly log: Logger;
}

/** Has somebody look at each live stream now and then, until it is over. */
export class ThumbnailJobs implements StreamSink {
  readonly #options: ThumbnailJobsOptions;
  /** The job of each stream, or that there will be none. */
  readonly #jobs = new Map<string, Promise<string | undefined>>();

  constructor(options: ThumbnailJobsOptions) {
    this.#options = options;
  }

  live({ id, channelId }: SunkStream): void {
    if (this.#jobs.has(id)) return;
    const token = this.#options.grant(id);
    if (token !== undefined) this.#jobs.set(id, this.#told(this.#add(channelId, id, token)));
  }

  ended(streamId: string): void {
    const job = this.#jobs.get(streamId);
    this.#jobs.delete(streamId);
    if (job) void this.#told(this.#withdraw(job));
  }

  async #add(channelId: string, streamId: string, token: string): Promise<string | undefined> {
    const added = await this.#options.jobs.add({ kind: 'thumbnails', channelId, streamId, detail: { token } });
    return added?.job.id;
  }

  async #withdraw(adding: Promise<string | undefined>): Promise<undefined> {
    const id = await adding;
    if (id !== undefined) await this.#options.jobs.cancel(id);
  }

  async #told<T>(done: Promise<T>): Promise<T | undefined> {
    return done.catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'no pictures of a live stream: the job could not be put in');
      return undefined;
    });
  }
}
