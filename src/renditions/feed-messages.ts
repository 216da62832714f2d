/** What the thread that feeds transcoders starts with: a ring of each media thread. */
export interface FeedThreadOptions {
  readonly rings: readonly SharedArrayBuffer[];
}

export interface FeedStart {
  readonly feedId: string;
  /** As the media threads know it. */
  readonly streamId: string;
  /** Where the stream is published. */
  readonly thread: number;
  /** What the times of its blocks count from, on the clock of the process. */
  readonly originMs: number;
  readonly isKeyframesOnly: boolean;
}

export type FeedCommand =
  | ({ readonly type: 'start' } & FeedStart)
  /** Nothing more is told of it. */
  | { readonly type: 'stop'; readonly feedId: string };

export type FeedReport =
  /** What is told of the stream from now on is heard. */
  | { readonly type: 'following'; readonly feedId: string }
  | { readonly type: 'bytes'; readonly feedId: string; readonly bytes: Uint8Array }
  /** It ended by itself: what is published is no longer what its head says. */
  | { readonly type: 'over'; readonly feedId: string }
  /** A bug, which cost what was being read. */
  | { readonly type: 'problem'; readonly error: unknown };
