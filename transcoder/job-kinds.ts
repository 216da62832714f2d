import type { JobKindRun } from './job-kind.ts';
import { LIVE_RUN } from './live/live-job.ts';

/** What this transcoder can do. */
export const JOB_KIND_RUNS: readonly JobKindRun[] = [LIVE_RUN];
