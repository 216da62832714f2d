import { DashFeed } from '../dash/dash-feed.ts';
import type { Quality } from '../player/qualities.ts';
import { bufferedEnd, type FeedListener, type RecordedFeed } from './feed.ts';

/** The renditions of a recording, by their manifest. */
export class ManifestFeed implements RecordedFeed {
  readonly #video: HTMLVideoElement;
  #dash: DashFeed | undefined;
  #isClosed = false;
  /** Where to go once the manifest is there. */
  #wantedS: number | undefined;

  constructor(video: HTMLVideoElement, manifestUrl: string, atS: number, listener: FeedListener) {
    this.#video = video;
    this.#wantedS = atS;
    const onFailure = (error: unknown) => this.#isClosed || listener.onFailure(error);
    void DashFeed.open(video, { manifestUrl, atS, onChange: listener.onChange, onFailure }).then((dash) => {
      if (this.#isClosed) return void dash?.close();
      this.#dash = dash;
      if (this.#wantedS !== undefined && this.#wantedS !== atS) video.currentTime = this.#wantedS;
      this.#wantedS = undefined;
      if (dash) listener.onReady();
    });
  }

  get positionS(): number {
    return this.#wantedS ?? this.#video.currentTime;
  }

  get bufferedS(): number {
    return bufferedEnd(this.#video);
  }

  get isAtEnd(): boolean {
    return this.#video.ended;
  }

  get qualities(): readonly Quality[] {
    return this.#dash?.qualities ?? [];
  }

  get chosen(): Quality | undefined {
    return this.#dash?.chosen;
  }

  seek(atS: number): void {
    if (this.#dash) this.#video.currentTime = atS;
    else this.#wantedS = atS;
  }

  choose(quality: Quality | undefined): void {
    this.#dash?.choose(quality);
  }

  close(): void {
    this.#isClosed = true;
    void this.#dash?.close();
  }
}
