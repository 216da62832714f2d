import type { Job } from '../jobs.ts';
import type { Rung } from '../recordings.ts';
import type { Calls, Page } from './call.ts';

export function jobsApi({ call }: Calls) {
  return {
    /** Without `rungs` those that suit the recording. */
    makeRenditions: (recordingId: string, rungs?: readonly Rung[]) =>
      call<{ jobId: string }>('POST', `/recordings/${recordingId}/renditions`, rungs ? { rungs } : {}),
    /** The newest hundred of every kind but pictures of live streams, of which there is always one. Newest first. */
    jobs: async (): Promise<readonly Job[]> => {
      const pages = ['/jobs?limit=100', '/jobs?kind=live&limit=100'].map((path) => call<Page<Job>>('GET', path));
      const jobs = (await Promise.all(pages)).flatMap(({ items }) => items);
      return jobs.sort((one, other) => other.createdAt.localeCompare(one.createdAt)).slice(0, 100);
    },
    job: (id: string) => call<Job>('GET', `/jobs/${id}`),
    cancelJob: (id: string) => call<void>('DELETE', `/jobs/${id}`),
    retryJob: (id: string) => call<unknown>('POST', `/jobs/${id}/retry`),
  };
}
