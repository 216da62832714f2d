import type { CodecName } from '../media/plan.ts';
import type { RecordingCommand } from './messages.ts';
import type { WriteProblem } from './part-writer.ts';

/** `ready`: there is something to see. */
export type RecordingState = 'recording' | 'ready' | 'failed';

/** Why it ended before its stream did, or has nothing. */
export type RecordingProblem = WriteProblem | 'interrupted' | 'nothing_came';

export interface RecordingPart {
  /** From 0. */
  readonly number: number;
  /** Its name in the recording's folder. */
  readonly file: string;
  /** `null`: sound alone. */
  readonly videoCodec: CodecName | null;
  readonly hasAudio: boolean;
  readonly width: number | null;
  readonly height: number | null;
  /** When its first frame was captured. */
  readonly startedAt: Date;
  /** 0 as long as it is written. */
  readonly durationMs: number;
  readonly bytes: number;
}

export interface RecordingRecord {
  readonly id: string;
  readonly channelId: string;
  readonly streamId: string | null;
  readonly title: string;
  readonly state: RecordingState;
  readonly problem: RecordingProblem | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** When poster and sprite were made. */
  readonly picturesAt: Date | null;
  /** When its renditions were made. */
  readonly renditionsAt: Date | null;
  /** Where they are: a folder below its `dash/`. */
  readonly renditionsRun: string | null;
  /** In order. */
  readonly parts: readonly RecordingPart[];
}

export interface RecordingStart {
  readonly id: string;
  readonly channelId: string;
  readonly streamId: string;
  readonly title: string;
  readonly startedAt: Date;
}

export interface RecordingEnd {
  readonly state: Exclude<RecordingState, 'recording'>;
  readonly problem: RecordingProblem | null;
  readonly endedAt: Date;
}

/** Implemented by `db/recordings.ts`. Every promise resolves once the row is durable. */
export interface RecordingStore {
  begin(recording: RecordingStart): Promise<void>;
  /** Puts it in, or in the place of the one of the same number. */
  part(recordingId: string, part: RecordingPart): Promise<void>;
  /** Idempotent: the first end stands. */
  end(recordingId: string, end: RecordingEnd): Promise<void>;
  /** Those that nobody ended: what a crash left. */
  leftOpen(): Promise<readonly RecordingRecord[]>;
  /** Of those the ones whose stream, of whichever server, was over by then. */
  abandoned(before: Date): Promise<readonly RecordingRecord[]>;
  /** Which of these there are. */
  known(recordingIds: readonly string[]): Promise<ReadonlySet<string>>;
  byId(recordingId: string): Promise<RecordingRecord | undefined>;
  /** Newest first; `after` is the id of the last recording of the page before. */
  list(channelId: string, page: { limit: number; after?: string }): Promise<readonly RecordingRecord[]>;
  /** Of all channels, oldest first: what may be removed to make room. */
  oldestEnded(limit: number): Promise<readonly RecordingRecord[]>;
  /** Of all parts. */
  totalBytes(): Promise<number>;
  delete(recordingId: string): Promise<boolean>;
}

/** Implemented by `webhooks/`. */
export interface RecordingWitness {
  /** With something to see, or without. */
  ended(recording: RecordingRecord): Promise<void>;
}

/** The thread that writes. Implemented by `RecordingThreadLink`. */
export interface RecordingThread {
  /** False where it can not be told now. */
  tell(command: Exclude<RecordingCommand, { type: 'close' }>): boolean;
  close(): Promise<void>;
}

/** A part that is whole and not known to be in the bucket. */
export interface WaitingPart {
  readonly recordingId: string;
  readonly number: number;
  readonly file: string;
}

/** Implemented by `db/recordings.ts`. */
export interface MovingStore {
  /** Of recordings that have ended and that nobody is at work on, in the order of their ids and numbers. */
  waitingParts(limit: number, after?: WaitingPart): Promise<readonly WaitingPart[]>;
  /** False where the recording is gone meanwhile. */
  partMoved(recordingId: string, number: number): Promise<boolean>;
}
