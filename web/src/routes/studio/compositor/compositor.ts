import type { Picture } from './draw.ts';

export type PictureSource = 'camera' | 'screen';

/** Makes one picture of several. Its track stays the same whatever it shows. */
export interface Compositor {
  readonly track: MediaStreamTrack;
  show(picture: Picture): void;
  /** The track stays the caller's. */
  take(source: PictureSource, track: MediaStreamTrack | undefined): void;
  takeImage(image: ImageBitmap | undefined): void;
  /** Idempotent. Ends its track. */
  close(): void;
}

/** A picture that does not move is sent again after this long, so that who joins has something to see. */
export const REPEATED_AFTER_MS = 200;
