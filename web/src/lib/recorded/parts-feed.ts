import type { RecordingPart } from '../recordings.ts';
import { bufferedEnd, type FeedListener, type RecordedFeed } from './feed.ts';
import { Timeline } from './timeline.ts';

/** The files of a recording as they were written, one after another. */
export class PartsFeed implements RecordedFeed {
  readonly qualities = [];
  readonly chosen = undefined;
  readonly #video: HTMLVideoElement;
  readonly #parts: readonly RecordingPart[];
  readonly #timeline: Timeline;
  readonly #listening = new AbortController();
  #part = -1;
  /** Where to go in the file that is on its way. */
  #offsetS: number | undefined;

  constructor(video: HTMLVideoElement, parts: readonly RecordingPart[], atS: number, listener: FeedListener) {
    this.#video = video;
    this.#parts = parts;
    this.#timeline = new Timeline(parts.map(({ durationMs }) => durationMs));
    const { signal } = this.#listening;
    video.addEventListener('loadedmetadata', () => this.#arrived(), { signal });
    video.addEventListener('ended', () => this.#goOn(), { signal });
    video.addEventListener('error', () => listener.onFailure(video.error), { signal });
    this.seek(atS);
  }

  get positionS(): number {
    return this.#timeline.startOf(this.#part) + (this.#offsetS ?? this.#video.currentTime);
  }

  get bufferedS(): number {
    return this.#timeline.startOf(this.#part) + bufferedEnd(this.#video);
  }

  get isAtEnd(): boolean {
    return this.#video.ended && this.#part === this.#parts.length - 1;
  }

  seek(atS: number): void {
    const { part, offsetS } = this.#timeline.placeOf(atS);
    if (part === this.#part && this.#offsetS === undefined) this.#video.currentTime = offsetS;
    else this.#load(part, offsetS);
  }

  /** There is one. */
  choose(): void {}

  close(): void {
    this.#listening.abort();
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  #load(part: number, offsetS: number): void {
    const url = this.#parts[part]?.url;
    if (url === undefined) return;
    this.#offsetS = offsetS;
    if (part === this.#part) return;
    const isPlaying = this.#part >= 0 && (!this.#video.paused || this.#video.ended);
    this.#part = part;
    this.#video.src = url;
    if (isPlaying) this.#video.play().catch(() => {});
  }

  #arrived(): void {
    if (this.#offsetS) this.#video.currentTime = this.#offsetS;
    this.#offsetS = undefined;
  }

  #goOn(): void {
    if (this.#part < this.#parts.length - 1) this.#load(this.#part + 1, 0);
  }
}
