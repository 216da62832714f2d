import type { RecordingRecord } from '../recording/ports.ts';
import type { JobStore } from './ports.ts';

interface Means {
  readonly jobs: Pick<JobStore, 'add'>;
  /** Whether its channel wants versions of each recording. */
  readonly makesRenditions: (channelId: string) => Promise<boolean>;
}

/** What is to be made of a recording that has ended: first what is quickly done. */
export async function queueAfterRecording(
  { id: recordingId, channelId, state }: RecordingRecord,
  { jobs, makesRenditions }: Means,
): Promise<void> {
  if (state !== 'ready') return;
  await jobs.add({ kind: 'pictures', channelId, recordingId });
  if (await makesRenditions(channelId)) await jobs.add({ kind: 'renditions', channelId, recordingId });
}
