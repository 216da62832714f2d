import type shaka from 'shaka-player/dist/shaka-player.dash-es2021.js';
import { type Quality, SOUND_ONLY } from '../player/qualities.ts';
import { bufferedEnd } from '../recorded/feed.ts';
import type { DashFigures } from './dash-figures.ts';
import { variantsOf } from './dash-qualities.ts';
import { loadShaka } from './shaka.ts';
import { liveSync, SHAKA_SETTINGS } from './shaka-settings.ts';

export interface DashFeedOptions {
  readonly manifestUrl: string;
  /** Where to begin, in seconds of the video's own time, or so long before the newest; otherwise at the start, or live. */
  readonly atS?: number;
  /** The quality to begin with, as the menu names it; one that there is not: by what the link carries. */
  readonly label?: string | undefined;
  /** What there is to choose from, the choice, or the state of the buffer is another one. */
  readonly onChange: () => void;
  /** It cannot go on. */
  readonly onFailure: (error: unknown) => void;
}

/** A live manifest that is not there yet is asked for anew for so long. */
const TRIES = 30;
const PAUSE_MS = 1000;
/** Beyond it two clocks differ, not picture and camera. */
const MOST_LATENCY_MS = 24 * 3_600_000;

/** A DASH manifest on a `<video>`, in the quality that the link carries or the viewer has chosen. */
export class DashFeed {
  readonly #player: shaka.Player;
  readonly #video: HTMLVideoElement;
  readonly #options: DashFeedOptions;
  #qualities: readonly Quality[] = [];
  #chosen: Quality | undefined;
  #isSoundOnly = false;
  #isClosed = false;

  private constructor(player: shaka.Player, video: HTMLVideoElement, options: DashFeedOptions) {
    this.#player = player;
    this.#video = video;
    this.#options = options;
    player.configure(SHAKA_SETTINGS);
    player.configure({
      manifest: { retryParameters: { maxAttempts: TRIES, baseDelay: PAUSE_MS, backoffFactor: 1, fuzzFactor: 0.2 } },
    });
    player.addEventListener('trackschanged', () => this.#heard());
    player.addEventListener('adaptation', () => options.onChange());
    player.addEventListener('variantchanged', () => options.onChange());
    player.addEventListener('error', (event) => void this.#failed((event as Event & { detail?: unknown }).detail));
  }

  /** Fetches player and manifest. Failures are told to `onFailure`, also those of the beginning. */
  static async open(video: HTMLVideoElement, options: DashFeedOptions): Promise<DashFeed | undefined> {
    try {
      const { Player } = await loadShaka();
      const player = new Player();
      const feed = new DashFeed(player, video, options);
      await player.attach(video);
      await feed.#load(options.label, options.atS);
      return feed;
    } catch (error) {
      options.onFailure(error);
      return undefined;
    }
  }

  /** The best one first. */
  get qualities(): readonly Quality[] {
    return this.#qualities;
  }

  /** `undefined`: by what the link carries. */
  get chosen(): Quality | undefined {
    return this.#chosen;
  }

  /** What can be played now, in seconds of the video's own time. Of a recording that is all of it. */
  get range(): { readonly startS: number; readonly endS: number } {
    const { start, end } = this.#player.seekRange();
    return { startS: start, endS: end };
  }

  /** Nothing but the sound can be fetched. */
  get hasSound(): boolean {
    return this.#player.getVariantTracks().some(({ audioCodec }) => audioCodec !== null);
  }

  get figures(): DashFigures {
    const stats = this.#player.getStats();
    const { latencyMs } = this;
    return {
      width: this.#isSoundOnly ? 0 : stats.width,
      height: this.#isSoundOnly ? 0 : stats.height,
      codecs: stats.currentCodecs,
      bitrateBps: stats.streamBandwidth,
      estimateBps: stats.estimatedBandwidth,
      ...(latencyMs !== undefined && { latencyMs }),
      bufferMs: Math.max(0, bufferedEnd(this.#video) - this.#video.currentTime) * 1000,
      framesDropped: stats.droppedFrames,
      stalls: stats.stallsDetected,
    };
  }

  /** Of what is live: since the server received what is seen now. */
  get latencyMs(): number | undefined {
    const seen = this.#player.isLive() ? this.#player.getPlayheadTimeAsDate()?.getTime() : undefined;
    const ms = seen === undefined ? Number.NaN : Date.now() - seen;
    return ms >= 0 && ms < MOST_LATENCY_MS ? ms : undefined;
  }

  /** Of what is live: whether it plays a little faster where it is behind. */
  follow(isFollowing: boolean): void {
    this.#player.configure('streaming.liveSync', liveSync(isFollowing));
  }

  choose(quality: Quality | undefined): void {
    const isSoundOnly = quality?.key === SOUND_ONLY.key;
    if (isSoundOnly === this.#isSoundOnly) this.#select(quality);
    else void this.#loadAnew(quality);
  }

  /** Idempotent. Resolves once the video is empty: what is put there before would go too. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#player.destroy();
  }

  async #load(label: string | undefined, atS: number | undefined): Promise<void> {
    this.#isSoundOnly = label === SOUND_ONLY.label;
    this.#player.configure('manifest.disableVideo', this.#isSoundOnly);
    await this.#player.load(this.#options.manifestUrl, atS ?? null);
    this.#heard();
    this.#select(this.#isSoundOnly ? SOUND_ONLY : this.#qualities.find((quality) => quality.label === label));
  }

  /** A manifest is read with its pictures, or without. */
  async #loadAnew(quality: Quality | undefined): Promise<void> {
    const { currentTime, paused } = this.#video;
    this.#chosen = quality;
    this.#options.onChange();
    try {
      await this.#load(quality?.label, currentTime);
    } catch (error) {
      // Another choice may have come before this one was there.
      if (this.#chosen === quality) await this.#failed(error);
      return;
    }
    if (!paused) this.#video.play().catch(() => {});
  }

  #select(quality: Quality | undefined): void {
    this.#chosen = quality;
    this.#player.configure('abr.enabled', quality === undefined);
    const track = this.#player.getVariantTracks().find(({ id }) => String(id) === quality?.key);
    // What is buffered of another quality goes: who chooses wants to see it now.
    if (track) this.#player.selectVariantTrack(track, true, 1);
    this.#options.onChange();
  }

  #heard(): void {
    // Without pictures the list stays what it was, for the way back.
    if (!this.#isSoundOnly) this.#qualities = variantsOf(this.#player.getVariantTracks());
    this.#options.onChange();
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#isClosed) return;
    await this.close();
    this.#options.onFailure(error);
  }
}
