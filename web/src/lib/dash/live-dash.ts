import type { Latency } from '../player/latency.ts';
import type { Feed } from '../player/playback.ts';
import { type Quality, SOUND_ONLY } from '../player/qualities.ts';
import { bufferedEnd } from '../recorded/feed.ts';
import type { DashFeed } from './dash-feed.ts';
import type { DashFigures } from './dash-figures.ts';
import { DashViewing } from './dash-viewing.ts';
import type { DashReason, DashWindow } from './dash-window.ts';
import { LiveEdge } from './live-edge.ts';

/** Of `DashFeed`, handed in so that who has no use for DASH does not load it. */
export type OpenDash = typeof DashFeed.open;

export interface LiveDashOptions {
  /** Nothing is started without it. */
  readonly open: OpenDash | undefined;
  readonly show: (feed: Feed) => void;
  readonly onChange: () => void;
  /** There is something to play. */
  readonly onReady: () => void;
  /** Nothing comes by it, or no longer; it is closed. */
  readonly onFailure: () => void;
}

export interface DashStart {
  readonly manifestUrl: string;
  readonly reason: DashReason;
  /** So long before the newest; 0 is live. */
  readonly backS?: number;
  /** Of the quality that was chosen on the other way. */
  readonly label?: string | undefined;
}

/** What makes the manifest is started when it is asked for, and takes a while. */
const MANIFEST_WITHIN_MS = 40_000;
const ASK_EVERY_MS = 1000;

/** A live channel by DASH: some seconds late, through every proxy, and with a past. */
export class LiveDash {
  readonly #options: LiveDashOptions;
  #start: DashStart | undefined;
  #ending = new AbortController();
  #video: HTMLVideoElement | undefined;
  #feed: DashFeed | undefined;
  #viewing: DashViewing | undefined;
  #startedMs = 0;
  #edge = new LiveEdge({ isFollowing: true });

  constructor(options: LiveDashOptions) {
    this.#options = options;
  }

  /** Why it was asked for; `undefined` while it is not. */
  get reason(): DashReason | undefined {
    return this.#start?.reason;
  }

  /** The video is its own. Before that it waits for the manifest. */
  get isShown(): boolean {
    return this.#video !== undefined;
  }

  get hasPicture(): boolean {
    return this.#feed !== undefined && (this.#video?.readyState ?? 0) >= HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  get window(): DashWindow | undefined {
    if (!this.#feed || !this.#video) return undefined;
    return { ...this.#feed.range, positionS: this.#video.currentTime };
  }

  /** The best one first; the sound alone is the last. */
  get qualities(): readonly Quality[] {
    const { qualities = [], hasSound } = this.#feed ?? {};
    return hasSound ? [...qualities, SOUND_ONLY] : qualities;
  }

  get chosen(): Quality | undefined {
    return this.#feed?.chosen;
  }

  get latency(): Latency | undefined {
    const ms = this.#feed?.latencyMs;
    return ms === undefined ? undefined : { ms, since: 'server' };
  }

  get figures(): DashFigures | undefined {
    return this.#feed?.figures;
  }

  /** Nothing while it is under way already. */
  async start(start: DashStart): Promise<void> {
    if (this.#start || !this.#options.open) return;
    this.#start = start;
    this.#startedMs = performance.now();
    const ending = new AbortController();
    this.#ending = ending;
    const isThere = await manifestIsThere(start.manifestUrl, ending.signal);
    if (ending.signal.aborted) return;
    if (!isThere) return this.#failed();
    this.#options.show((video) => this.#play(video, start, ending.signal));
  }

  /** By the viewer. */
  seek(atS: number): void {
    if (!this.#video) return;
    this.#video.currentTime = atS;
    this.#went();
  }

  choose(quality: Quality | undefined): void {
    this.#feed?.choose(quality);
  }

  /** Idempotent. Resolves once the video is free. */
  async close(): Promise<void> {
    const feed = this.#feed;
    this.#ending.abort();
    this.#viewing?.close();
    this.#viewing = undefined;
    this.#start = undefined;
    this.#video = undefined;
    this.#feed = undefined;
    await feed?.close();
  }

  #play(video: HTMLVideoElement, { manifestUrl, backS = 0, label }: DashStart, signal: AbortSignal): () => void {
    this.#video = video;
    this.#edge = new LiveEdge({ isFollowing: backS === 0 });
    this.#listen(video, signal);
    const { onChange } = this.#options;
    const onFailure = () => void (signal.aborted || this.#failed());
    void this.#options
      .open?.(video, { manifestUrl, label, onChange, onFailure, ...(backS > 0 && { atS: -backS }) })
      .then((feed) => {
        if (signal.aborted) return void feed?.close();
        if (!feed) return;
        this.#feed = feed;
        feed.follow(this.#edge.isFollowing);
        this.#options.onReady();
      });
    return () => void this.close();
  }

  #listen(video: HTMLVideoElement, signal: AbortSignal): void {
    let isPausedByViewer = false;
    video.addEventListener('timeupdate', () => this.#moved(video), { signal });
    // Phones pause what nobody looks at: that is no wish to see what was.
    const onPause = () => {
      isPausedByViewer = document.visibilityState === 'visible';
      this.#viewing?.rested();
    };
    video.addEventListener('pause', onPause, { signal });
    video.addEventListener('play', () => isPausedByViewer && this.#went(), { signal });
  }

  #went(): void {
    const { window } = this;
    if (!window) return;
    this.#edge.went(window.endS - window.positionS);
    this.#feed?.follow(this.#edge.isFollowing);
  }

  #moved(video: HTMLVideoElement): void {
    // Who seeks while it is paused does not play.
    if (this.#start && this.hasPicture && !video.paused) {
      this.#viewing ??= new DashViewing(this.#start.manifestUrl, this.#startedMs);
      this.#viewing.looked({ progress: video.currentTime, height: video.videoHeight });
    }
    this.#keepUp(video);
  }

  #keepUp(video: HTMLVideoElement): void {
    const { window } = this;
    if (!window || video.paused || video.seeking) return;
    const lagS = window.endS - window.positionS;
    const aheadS = bufferedEnd(video) - window.positionS;
    if (this.#edge.isLost({ lagS, aheadS, nowMs: performance.now() })) video.currentTime = window.endS;
  }

  async #failed(): Promise<void> {
    await this.close();
    this.#options.onFailure();
  }
}

async function manifestIsThere(url: string, signal: AbortSignal): Promise<boolean> {
  const deadlineMs = performance.now() + MANIFEST_WITHIN_MS;
  while (!signal.aborted && performance.now() < deadlineMs) {
    const response = await fetch(url, { signal, cache: 'no-store' }).catch(() => undefined);
    if (response?.ok) return true;
    if (response && response.status < 500) return false;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  return false;
}
