import type { WriteProblem } from './part-writer.ts';
import type { WrittenPart } from './recording-files.ts';

/** What the recording thread starts with: a ring of each media thread. */
export interface RecordingThreadOptions {
  readonly rings: readonly SharedArrayBuffer[];
}

export type RecordingCommand =
  /** `thread`: where the stream is published. `streamId`: as the media threads know it. */
  | {
      readonly type: 'start';
      readonly recordingId: string;
      readonly streamId: string;
      readonly thread: number;
      readonly folder: string;
    }
  /** Answered by `closed`. */
  | { readonly type: 'stop'; readonly recordingId: string }
  /** All are stopped, then the thread ends. */
  | { readonly type: 'close' };

export type RecordingReport =
  /** What is told of the stream from now on is heard. */
  | { readonly type: 'following'; readonly recordingId: string }
  /** `startMs`: since 1970. */
  | { readonly type: 'part'; readonly recordingId: string; readonly part: WrittenPart }
  | { readonly type: 'failed'; readonly recordingId: string; readonly code: WriteProblem; readonly detail: string }
  /** All that came is on disk. `lost`: pictures that did not come whole. */
  | { readonly type: 'closed'; readonly recordingId: string; readonly lost: number }
  /** A bug, which cost what was being read. */
  | { readonly type: 'problem'; readonly error: unknown };
