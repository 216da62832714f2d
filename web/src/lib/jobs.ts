/** Jobs as the API tells of them. */

export interface Job {
  readonly id: string;
  readonly status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  /** 0 to 1. */
  readonly progress: number;
  /** Why its last attempt failed. */
  readonly problem: string | null;
}
