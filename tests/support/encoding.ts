import type { Api } from './api.ts';
import { until } from './until.ts';

export interface EncodingJob {
  readonly status: string;
  readonly progress: number;
  readonly problem: string | null;
  readonly attempt: number;
}

const RUNGS = [
  { height: 480, bitrateBps: 600_000 },
  { height: 240, bitrateBps: 180_000 },
];

/** Has a recording made smaller, and follows it to its end. `onProgress` hears each step. */
export async function encodeRecording(
  api: Api,
  recordingId: string,
  { withinMs, onProgress }: { withinMs: number; onProgress: (progress: number) => void },
): Promise<EncodingJob> {
  const { jobId } = await api.post<{ jobId: string }>(`/recordings/${recordingId}/renditions`, { rungs: RUNGS });
  let seen = 0;
  const look = async () => {
    const job = await api.get<EncodingJob>(`/jobs/${jobId}`);
    if (job.progress !== seen) onProgress(job.progress);
    seen = job.progress;
    return (job.status === 'done' || job.status === 'failed') && job;
  };
  return until('the versions are made', look, { timeoutMs: withinMs, everyMs: 250 });
}
