import type { Problem } from './problem.ts';
import { type Quality, type Retry, type Source, WhipPublisher, type WhipState } from './whip.ts';
import { words } from './words/words.ts';

export type { Quality, Retry, Source } from './whip.ts';

export type BroadcasterState = 'idle' | WhipState;

export interface BroadcasterOptions {
  /** The address of a Freshet server; without it that of the page. */
  readonly server?: string;
  /** Of the channel. Anybody who has it can go live there. */
  readonly streamKey: string;
  readonly quality?: Quality;
  readonly onState?: (state: BroadcasterState, problem?: Problem) => void;
  /** Told in the state `reconnecting`, when the next try is known. */
  readonly onRetry?: (retry: Retry) => void;
  /** Asked when the server ended the session: whether to come back. If not, the reason. */
  readonly mayResume?: () => Promise<true | Problem>;
}

const DEFAULT_QUALITY: Quality = { height: 720, frameRate: 30, maxBitrateBps: 2_500_000 };

/** Sends a camera, microphone or screen to a channel, and stays live through lost networks until told to stop. */
export class Broadcaster {
  readonly #options: BroadcasterOptions;
  #state: BroadcasterState = 'idle';
  #source: Source = { video: null, audio: null };
  #publisher: WhipPublisher | undefined;
  #isMuted = false;

  constructor(options: BroadcasterOptions) {
    this.#options = options;
  }

  get state(): BroadcasterState {
    return this.#state;
  }

  get isMuted(): boolean {
    return this.#isMuted;
  }

  /** Tracks may be missing, and belong to the caller, who ends them. Nothing, when it is on already. */
  startStream(media: MediaStream | Source): void {
    if (this.#publisher) return;
    this.#take(media);
    const { server = '', streamKey, quality = DEFAULT_QUALITY } = this.#options;
    this.#publisher = new WhipPublisher({
      endpoint: { url: `${server}/whip`, token: streamKey },
      source: this.#source,
      quality,
      onState: (state, problem) => this.#changed(state, problem),
      onRetry: this.#options.onRetry,
      mayResume: this.#options.mayResume ?? endedForGood,
    });
    this.#publisher.start();
  }

  /** Idempotent. Ends the stream on the server too. */
  stopStream(): void {
    if (!this.#publisher) return;
    this.#publisher.stop();
    this.#publisher = undefined;
    this.#changed('idle');
  }

  /** Other tracks in place of those that are sent, without a new connection. */
  async replace(media: MediaStream | Source): Promise<void> {
    this.#take(media);
    await this.#publisher?.replace(this.#source);
  }

  /** Another size, frame rate or bitrate, without a new connection; codec and layers stay as they were agreed. */
  async tune(quality: Quality): Promise<void> {
    await this.#publisher?.tune(quality);
  }

  /** Does not wait for the next try to connect, as when the network is known to be back. */
  retryNow(): void {
    this.#publisher?.retryNow();
  }

  /** The microphone stays open, and silence is sent. */
  toggleMute(): void {
    this.#isMuted = !this.#isMuted;
    if (this.#source.audio) this.#source.audio.enabled = !this.#isMuted;
  }

  /** `undefined` while there is no connection. */
  async stats(): Promise<RTCStatsReport | undefined> {
    return this.#publisher?.stats();
  }

  #take(media: MediaStream | Source): void {
    this.#source =
      media instanceof MediaStream
        ? { video: media.getVideoTracks()[0] ?? null, audio: media.getAudioTracks()[0] ?? null }
        : media;
    // A track that its owner silenced stays so.
    if (this.#isMuted && this.#source.audio) this.#source.audio.enabled = false;
  }

  #changed(state: BroadcasterState, problem?: Problem): void {
    this.#state = state;
    if (state === 'ended') this.#publisher = undefined;
    this.#options.onState?.(state, problem);
  }
}

/** Without somebody to ask: whoever ended the stream meant it. */
async function endedForGood(): Promise<Problem> {
  return { status: 0, message: words.errors.streamEnded };
}
