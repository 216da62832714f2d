import type { JobKindRun } from './job-kind.ts';
import { LIVE_RUN } from './live/live-job.ts';
import { PICTURES_RUN } from './pictures/pictures-job.ts';
import { THUMBNAILS_RUN } from './pictures/thumbnails-job.ts';
import { RENDITIONS_RUN } from './renditions/renditions-job.ts';

/** What this transcoder can do. */
export const JOB_KIND_RUNS: readonly JobKindRun[] = [RENDITIONS_RUN, LIVE_RUN, PICTURES_RUN, THUMBNAILS_RUN];
