import type shaka from 'shaka-player/dist/shaka-player.dash-es2021.js';
import type { Quality } from '../player/qualities.ts';
import { variantsOf } from './dash-qualities.ts';
import { loadShaka } from './shaka.ts';

export interface DashFeedOptions {
  readonly manifestUrl: string;
  /** Where to begin, in seconds of the video's own time, or so long before the newest; otherwise at the start, or live. */
  readonly atS?: number;
  /** What there is to choose from, the choice, or the state of the buffer is another one. */
  readonly onChange: () => void;
  /** It cannot go on. */
  readonly onFailure: (error: unknown) => void;
}

/** A live manifest that is not there yet is asked for anew for so long. */
const TRIES = 30;
const PAUSE_MS = 1000;

/** A DASH manifest on a `<video>`, in the quality that the link carries or the viewer has chosen. */
export class DashFeed {
  readonly #player: shaka.Player;
  readonly #options: DashFeedOptions;
  #qualities: readonly Quality[] = [];
  #chosen: Quality | undefined;
  #isClosed = false;

  private constructor(player: shaka.Player, options: DashFeedOptions) {
    this.#player = player;
    this.#options = options;
    player.configure({
      manifest: { retryParameters: { maxAttempts: TRIES, baseDelay: PAUSE_MS, backoffFactor: 1, fuzzFactor: 0.2 } },
      // A quality chosen by hand stays, and Auto may use all there is, however small the player.
      abr: { restrictToElementSize: false },
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
      const feed = new DashFeed(player, options);
      await player.attach(video);
      await player.load(options.manifestUrl, options.atS ?? null);
      feed.#heard();
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

  choose(quality: Quality | undefined): void {
    const isAuto = quality === undefined;
    this.#chosen = quality;
    this.#player.configure('abr.enabled', isAuto);
    const track = this.#player.getVariantTracks().find(({ id }) => String(id) === quality?.key);
    // What is buffered of another quality goes: who chooses wants to see it now.
    if (track) this.#player.selectVariantTrack(track, true, 1);
    this.#options.onChange();
  }

  /** Idempotent. Resolves once the video is empty: what is put there before would go too. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#player.destroy();
  }

  #heard(): void {
    this.#qualities = variantsOf(this.#player.getVariantTracks());
    this.#options.onChange();
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#isClosed) return;
    await this.close();
    this.#options.onFailure(error);
  }
}
