import type { RecordingRecord } from '../recording/ports.ts';
import { type Rung, rungsFor } from '../renditions/rungs.ts';
import { JobError } from './errors.ts';
import type { JobKind, JobQuery, JobRecord, JobStore, ListedJob, RenditionRecord, RenditionStore } from './ports.ts';

/** What people ask for and look at; the others come and go with live streams. */
export const KINDS_OF_RECORDINGS = ['renditions', 'pictures'] as const satisfies readonly JobKind[];

/** What a recording can be watched in, and the job that last had to do with it. */
export interface Encoded {
  readonly job: JobRecord | undefined;
  readonly rungs: readonly RenditionRecord[];
}

/** Jobs as people have to do with them. */
export class Jobs {
  readonly #store: JobStore;
  readonly #renditions: Pick<RenditionStore, 'of'>;

  constructor({ store, renditions }: { store: JobStore; renditions: Pick<RenditionStore, 'of'> }) {
    this.#store = store;
    this.#renditions = renditions;
  }

  /** Asked for twice it is one job. Throws `nothing_recorded`, `bad_rungs` and `job_open`. */
  async encode({ id, channelId, state, parts }: RecordingRecord, rungs?: readonly Rung[]): Promise<JobRecord> {
    if (state !== 'ready') throw new JobError('nothing_recorded', 'The recording goes on, or has nothing in it.');
    const sizes = parts.flatMap(({ width, height }) => (width && height ? [{ width, height }] : []));
    if (rungs !== undefined && new Set(rungs.map(({ height }) => height)).size < rungs.length) {
      throw new JobError('bad_rungs', 'Each height may be there once.');
    }
    if (rungs !== undefined && !sizes.some((size) => rungsFor(size, rungs).length > 0)) {
      throw new JobError('bad_rungs', 'All of these are above the size of the recording.');
    }
    const detail = rungs === undefined ? {} : { rungs: [...rungs] };
    const added = await this.#store.add({ kind: 'renditions', channelId, recordingId: id, detail });
    if (!added) throw new JobError('nothing_recorded', 'The recording is gone.');
    const isSame = JSON.stringify(added.job.detail) === JSON.stringify(detail);
    if (!added.isNew && !isSame) {
      throw new JobError('job_open', 'It is being encoded in other sizes: wait for that, or cancel it.');
    }
    return added.job;
  }

  list(query: JobQuery): Promise<readonly ListedJob[]> {
    return this.#store.list(query);
  }

  byId(id: string): Promise<ListedJob | undefined> {
    return this.#store.byId(id);
  }

  /** One that has ended stays as it is. */
  async cancel(id: string): Promise<void> {
    await this.#store.cancel(id);
  }

  /** Throws `no_job`, `not_to_retry` and `job_open`. */
  async retry(id: string): Promise<ListedJob> {
    const retried = await this.#store.retry(id);
    if (retried === undefined) throw new JobError('no_job', 'There is no such job.');
    if (retried === 'taken') throw new JobError('job_open', 'Another job does the same just now.');
    if (retried.status !== 'queued')
      throw new JobError('not_to_retry', 'Only what failed or was cancelled is tried again.');
    return retried;
  }

  async encoded(recordingIds: readonly string[]): Promise<ReadonlyMap<string, Encoded>> {
    const [rungs, jobs] = await Promise.all([
      this.#renditions.of(recordingIds),
      this.#store.latest('renditions', recordingIds),
    ]);
    return new Map(recordingIds.map((id) => [id, { job: jobs.get(id), rungs: rungs.get(id) ?? [] }]));
  }
}
