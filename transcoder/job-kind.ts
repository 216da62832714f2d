import type { Database } from '#src/db/database.ts';
import type { JobKind, JobRecord } from '#src/jobs/ports.ts';
import type { Log } from '#src/log.ts';
import type { Storage } from '#src/storage/ports.ts';
import type { Ffmpeg } from './ffmpeg.ts';

export interface JobContext {
  /** The job is over for this process: cancelled, lost, or to be handed back. Rejecting with its reason is right. */
  readonly signal: AbortSignal;
  /** From 0 to 1; cheap to call. */
  readonly progress: (share: number) => void;
  readonly log: Log;
  readonly ffmpeg: Ffmpeg;
  readonly storage: Storage;
  readonly database: Database;
  /** Empty, of this attempt alone, and removed after it. */
  readonly workFolder: string;
  /** On another machine than the server, for all that is known: recordings come to it by way of the bucket. */
  readonly isElsewhere: boolean;
  /** Of the disk: left for recordings and the database. */
  readonly reserveBytes: number;
  /** Where the server is reached, without a slash at the end; `undefined` where nobody said. */
  readonly serverUrl: string | undefined;
}

/** How jobs of one kind are done. */
export interface JobKindRun {
  readonly kind: JobKind;
  /** So many at once in one process. */
  readonly concurrency: number;
  /** How soon it is seen that it was cancelled, and how far it is; a question to the database each time. */
  readonly beatMs?: number;
  /** Between attempts that failed; as many further attempts as there are delays. Without it `RETRY_DELAYS_SECONDS`. */
  readonly retryDelaysSeconds?: readonly number[];
  /** Resolves when it is done. A `JobFailure` is told to people; anything else is a bug, and logged. */
  readonly run: (job: JobRecord, context: JobContext) => Promise<void>;
}
