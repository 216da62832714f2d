/** Jobs as the API tells of them. */

export interface Job {
  readonly id: string;
  /** Of a recording the first two, of a live stream the others. */
  readonly kind: 'renditions' | 'pictures' | 'live' | 'thumbnails';
  readonly status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  /** 0 to 1. */
  readonly progress: number;
  /** Why its last attempt failed. */
  readonly problem: string | null;
  /** Its slug. */
  readonly channel: string;
  readonly recordingId: string | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

/** Somebody waits for it, or for a machine to take it up. */
export const isUnderWay = ({ status }: Pick<Job, 'status'>) => status === 'queued' || status === 'running';
