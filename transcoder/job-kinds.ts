import type { JobKindRun } from './job-kind.ts';

/** What this transcoder can do. */
export const JOB_KIND_RUNS: readonly JobKindRun[] = [];
