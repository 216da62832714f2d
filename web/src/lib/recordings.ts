/** Recordings as the API tells of them. */
import { words } from './words/words.ts';

export interface RecordingPart {
  readonly number: number;
  readonly url: string;
  readonly type: string;
  /** `null`: sound alone. */
  readonly videoCodec: string | null;
  readonly hasAudio: boolean;
  readonly width: number | null;
  readonly height: number | null;
  readonly durationMs: number;
}

/** A size of picture by its shorter side, and what it takes. */
export interface Rung {
  readonly height: number;
  readonly bitrateBps: number;
}

/** What was made of a recording, for every link and browser. */
export interface Renditions {
  readonly status: 'none' | 'queued' | 'running' | 'done' | 'failed';
  readonly jobId: string | null;
  /** 0 to 1. */
  readonly progress: number;
  readonly manifestUrl: string | null;
  readonly rungs: readonly Rung[];
  /** What to choose from. */
  readonly possibleRungs: readonly Rung[];
}

export interface Recording {
  readonly id: string;
  /** Its slug. */
  readonly channel: string;
  readonly title: string;
  readonly state: 'recording' | 'ready' | 'failed';
  readonly problem: keyof typeof words.recordings.problems | null;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly bytes: number;
  readonly parts: readonly RecordingPart[];
  readonly posterUrl: string | null;
  /** WebVTT that tells where on a sheet of pictures each moment is. */
  readonly spriteUrl: string | null;
  readonly renditions: Renditions;
}

export function problemWords({ problem }: Recording): string | undefined {
  return problem === null ? undefined : words.recordings.problems[problem];
}

export const recordingPath = ({ channel, id }: Pick<Recording, 'channel' | 'id'>) => `/${channel}/recordings/${id}`;
