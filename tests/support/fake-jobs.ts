import type {
  JobDraft,
  JobKind,
  JobQuery,
  JobRecord,
  JobStore,
  ListedJob,
  RenditionRecord,
  RenditionStore,
} from '../../src/jobs/ports.ts';
import type { FakeChannelStore } from './fake-channel-stores.ts';
import { pageOf } from './page-of.ts';

const isOpen = ({ status }: JobRecord) => status === 'queued' || status === 'running';

/** Jobs that nobody does. */
export class FakeJobs implements JobStore, Pick<RenditionStore, 'of'> {
  readonly rows = new Map<string, JobRecord>();
  readonly rungs = new Map<string, readonly RenditionRecord[]>();
  readonly #channels: FakeChannelStore;

  constructor(channels: FakeChannelStore) {
    this.#channels = channels;
  }

  async add({ kind, channelId, detail = {}, ...subject }: JobDraft) {
    const { recordingId = null, streamId = null } = subject as Partial<Pick<JobRecord, 'recordingId' | 'streamId'>>;
    const there = [...this.rows.values()].find(
      (row) => isOpen(row) && row.kind === kind && row.recordingId === recordingId && row.streamId === streamId,
    );
    if (there) return { job: there, isNew: false };
    const job: JobRecord = {
      ...{ id: crypto.randomUUID(), kind, status: 'queued', progress: 0, problem: null, attempt: 0, failures: 0 },
      ...{ channelId, recordingId, streamId, detail, createdAt: new Date(), startedAt: null, endedAt: null },
    };
    this.rows.set(job.id, job);
    return { job, isNew: true };
  }

  async byId(id: string): Promise<ListedJob | undefined> {
    const job = this.rows.get(id);
    return job && this.#listed(job);
  }

  async list({ ownerId, kinds, status, recordingId, limit, after }: JobQuery): Promise<readonly ListedJob[]> {
    const found = [...this.rows.values()].filter(
      (row) =>
        kinds.includes(row.kind) &&
        (status === undefined || row.status === status) &&
        (recordingId === undefined || row.recordingId === recordingId) &&
        (ownerId === undefined || this.#channels.rows.get(row.channelId)?.ownerId === ownerId),
    );
    return pageOf(found.toReversed(), { limit, after }).map((row) => this.#listed(row));
  }

  async latest(kind: JobKind, recordingIds: readonly string[]): Promise<ReadonlyMap<string, JobRecord>> {
    const found = [...this.rows.values()].filter((row) => row.kind === kind);
    return new Map(
      found.flatMap((row) => (recordingIds.includes(row.recordingId ?? '') ? [[row.recordingId ?? '', row]] : [])),
    );
  }

  async cancel(id: string): Promise<ListedJob | undefined> {
    const row = this.rows.get(id);
    if (row && isOpen(row)) this.rows.set(id, { ...row, status: 'cancelled', endedAt: new Date() });
    return this.byId(id);
  }

  async retry(id: string): Promise<ListedJob | 'taken' | undefined> {
    const row = this.rows.get(id);
    if (!row || isOpen(row) || row.status === 'done') return this.byId(id);
    const isTaken = [...this.rows.values()].some(
      (other) => isOpen(other) && other.kind === row.kind && other.recordingId === row.recordingId,
    );
    if (isTaken) return 'taken';
    this.rows.set(id, { ...row, status: 'queued', failures: 0, problem: null, endedAt: null });
    return this.byId(id);
  }

  async of(recordingIds: readonly string[]): Promise<ReadonlyMap<string, readonly RenditionRecord[]>> {
    return new Map([...this.rungs].filter(([id]) => recordingIds.includes(id)));
  }

  #listed(job: JobRecord): ListedJob {
    return { ...job, channelSlug: this.#channels.rows.get(job.channelId)?.slug ?? '' };
  }
}
