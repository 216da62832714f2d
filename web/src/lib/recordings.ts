/** Recordings as the API tells of them. */

export interface RecordingPart {
  readonly number: number;
  readonly url: string;
  readonly width: number | null;
  readonly height: number | null;
}

export interface Recording {
  readonly id: string;
  readonly title: string;
  readonly state: 'recording' | 'ready' | 'failed';
  readonly problem: 'disk_full' | 'disk_slow' | 'disk_failed' | 'interrupted' | 'nothing_came' | null;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly bytes: number;
  readonly parts: readonly RecordingPart[];
}

const PROBLEMS: Readonly<Record<NonNullable<Recording['problem']>, string>> = {
  disk_full: 'Ended early: the disk is full',
  disk_slow: 'Ended early: the disk does not keep up',
  disk_failed: 'Ended early: the disk failed',
  interrupted: 'Ended early: the server stopped all of a sudden',
  nothing_came: 'Nothing was sent that could be kept',
};

export function problemWords({ problem }: Recording): string | undefined {
  return problem === null ? undefined : PROBLEMS[problem];
}
