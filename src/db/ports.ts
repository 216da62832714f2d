/** Hears how the database does. Implemented by `metrics/`. Nothing here may throw. */
export interface DatabaseMeter {
  /** A connection was given back: after one query, or after a transaction. */
  used(seconds: number): void;
  worked(job: { readonly queue: string; readonly outcome: JobOutcome; readonly seconds: number }): void;
}

/** `again`: as its own rules have it, later. `failed`: by an error of ours. */
export type JobOutcome = 'done' | 'again' | 'failed';

export interface DatabaseReport {
  readonly connections: { readonly busy: number; readonly idle: number; readonly waiting: number };
  /** `undefined` where the database does not answer. */
  readonly stored: { readonly bytes: number; readonly queues: readonly QueueReport[] } | undefined;
}

/** As counted within the last 20 seconds. */
export interface QueueReport {
  readonly queue: string;
  readonly counts: Readonly<Record<'ready' | 'deferred' | 'active', number>>;
}
