import type { Job } from '../jobs.ts';
import type { Rung } from '../recorded/rungs.ts';
import type { Calls } from './call.ts';

export function jobsApi({ call }: Calls) {
  return {
    /** Without `rungs` those that suit the recording. */
    makeRenditions: (recordingId: string, rungs?: readonly Rung[]) =>
      call<{ jobId: string }>('POST', `/recordings/${recordingId}/renditions`, rungs ? { rungs } : {}),
    job: (id: string) => call<Job>('GET', `/jobs/${id}`),
    cancelJob: (id: string) => call<void>('DELETE', `/jobs/${id}`),
    retryJob: (id: string) => call<unknown>('POST', `/jobs/${id}/retry`),
  };
}
