import type { Quality } from '../player/qualities.ts';

/** What a recording is played from: one timeline on a `<video>`, whatever it is made of. Seconds throughout. */
export interface RecordedFeed {
  readonly positionS: number;
  /** Up to here it plays on without the network. */
  readonly bufferedS: number;
  /** There is nothing after what was played last. */
  readonly isAtEnd: boolean;
  readonly qualities: readonly Quality[];
  /** `undefined`: by what the link carries. */
  readonly chosen: Quality | undefined;
  seek(atS: number): void;
  choose(quality: Quality | undefined): void;
  /** Idempotent. */
  close(): void;
}

export interface FeedListener {
  readonly onChange: () => void;
  /** What takes a while to open is open. */
  readonly onReady: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** Of the stretch that `video` is in. */
export function bufferedEnd(video: HTMLVideoElement): number {
  const { buffered, currentTime } = video;
  for (let at = 0; at < buffered.length; at++) {
    if (buffered.start(at) <= currentTime && currentTime <= buffered.end(at)) return buffered.end(at);
  }
  return currentTime;
}
