/** What jobs need of a store and a queue. Implemented by `db/jobs.ts`. */

/** The first two of a recording, the others of a live stream. */
export const JOB_KINDS = ['renditions', 'pictures', 'live', 'thumbnails'] as const;
export const JOB_STATUSES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;

export type JobKind = (typeof JOB_KINDS)[number];
export type JobStatus = (typeof JOB_STATUSES)[number];

export interface JobRecord {
  readonly id: string;
  readonly kind: JobKind;
  readonly status: JobStatus;
  /** 0 to 1, of the present attempt. */
  readonly progress: number;
  /** Of the last attempt that failed, in words. */
  readonly problem: string | null;
  /** How often it has begun: who works on an earlier attempt has lost the job. */
  readonly attempt: number;
  /** How many attempts failed since somebody asked for it. */
  readonly failures: number;
  readonly channelId: string;
  readonly recordingId: string | null;
  readonly streamId: string | null;
  /** What its kind has to be told; checked by whoever reads it. */
  readonly detail: unknown;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** With what people know its channel by. */
export interface ListedJob extends JobRecord {
  readonly channelSlug: string;
}

export interface JobDraft {
  readonly kind: JobKind;
  readonly channelId: string;
  readonly recordingId?: string;
  readonly streamId?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface JobQuery {
  /** Whose channels; `undefined`: everybody's. */
  readonly ownerId?: string | undefined;
  readonly kinds: readonly JobKind[];
  readonly status?: JobStatus | undefined;
  readonly recordingId?: string | undefined;
  readonly limit: number;
  /** The id of the last one of the page before. */
  readonly after?: string | undefined;
}

/** For whoever wants something done. Every promise resolves once row and queue are durable, both or neither. */
export interface JobStore {
  /**
   * Of one recording or stream at most one job of a kind is queued or running: where there is one, that is what comes
   * back. `undefined` where channel or recording are gone.
   */
  add(draft: JobDraft): Promise<{ readonly job: JobRecord; readonly isNew: boolean } | undefined>;
  byId(id: string): Promise<ListedJob | undefined>;
  /** Newest first. */
  list(query: JobQuery): Promise<readonly ListedJob[]>;
  /** The newest of each recording. */
  latest(kind: JobKind, recordingIds: readonly string[]): Promise<ReadonlyMap<string, JobRecord>>;
  /** Queued or running ends as cancelled; another stays as it is. */
  cancel(id: string): Promise<ListedJob | undefined>;
  /** Failed or cancelled is queued anew; another stays as it is. `taken`: another job does the same meanwhile. */
  retry(id: string): Promise<ListedJob | 'taken' | undefined>;
}

/** One size of a recording. */
export interface RenditionRecord {
  /** Of the shorter side. */
  readonly height: number;
  /** The longer side. */
  readonly width: number;
  readonly bitrateBps: number;
  readonly bytes: number;
}

/** One making of all sizes; no other attempt has the same `run`. */
export interface RenditionRunPlace {
  readonly recordingId: string;
  readonly run: string;
}

/** What recordings can be watched in. Implemented by `db/renditions.ts`. */
export interface RenditionStore {
  /** Before the first of its files is put: what a crash leaves is found by it. False where the recording is gone. */
  begin(place: RenditionRunPlace): Promise<boolean>;
  /** From now on these are shown. False where the recording is gone. */
  replace(place: RenditionRunPlace, made: readonly RenditionRecord[]): Promise<boolean>;
  /** Neither shown, nor younger than this, nor shown since. */
  outdated(before: Date, limit: number): Promise<readonly RenditionRunPlace[]>;
  /** Its files are gone. */
  forget(place: RenditionRunPlace): Promise<void>;
  /** Tallest first. */
  of(recordingIds: readonly string[]): Promise<ReadonlyMap<string, readonly RenditionRecord[]>>;
}

/** A place in the queue whose turn it is. */
export interface DueJob {
  readonly jobId: string;
  readonly turn: number;
}

export interface AttemptEnd {
  readonly status: 'done' | 'failed';
  readonly problem: string | null;
}

/**
 * For whoever does it. An attempt is held as long as its process lives: one that is not heard of for ten seconds is
 * begun anew by another. `attempt` then tells them apart: what the former still says counts for nothing.
 */
export interface JobLeases {
  /** `work` is called for what is due, `concurrency` at a time, until the database is closed. `again`: it was not looked at. */
  onDue(kind: JobKind, concurrency: number, work: (due: DueJob) => Promise<'done' | 'again'>): Promise<void>;
  /**
   * `undefined` where there is nothing to do any more. `hasDied`: the attempt before ended with its process, which
   * counts as a failure.
   */
  begin(due: DueJob): Promise<{ readonly job: JobRecord; readonly hasDied: boolean } | undefined>;
  /** False where the attempt is over for others: cancelled, deleted or begun anew. */
  beat(jobId: string, attempt: number, progress: number): Promise<boolean>;
  /** `undefined` where that was not this attempt's to say. */
  end(jobId: string, attempt: number, end: AttemptEnd): Promise<JobRecord | undefined>;
  /** What ended long ago; jobs of live streams sooner. */
  forget(now: Date): Promise<void>;
  /** Queued again: after a failure, or handed back without one (`problem` null). False as `beat`. */
  again(jobId: string, attempt: number, next: { problem: string | null; delaySeconds: number }): Promise<boolean>;
}

/** Implemented by `webhooks/`. */
export interface JobWitness {
  /** Done, or failed for good. */
  ended(job: JobRecord): Promise<void>;
}
