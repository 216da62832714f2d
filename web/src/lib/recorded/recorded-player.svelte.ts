import type { Quality } from '../player/qualities.ts';
import { Sound } from '../player/sound.ts';
import type { Recording } from '../recordings.ts';
import type { RecordedFeed } from './feed.ts';
import { foreignCodec } from './playable.ts';
import { leave, leftAt } from './resume.ts';
import { type Way, waysOf } from './ways.ts';

/** `idle`: nothing was fetched yet. `failed`: no way of playing it has worked. */
export type RecordedState = 'idle' | 'playing' | 'paused' | 'ended' | 'failed';

export interface RecordedSnapshot {
  readonly state: RecordedState;
  /** What this browser would have to decode to play the files as they are, and does not. */
  readonly foreignCodec: string | undefined;
  /** It wants to go on, and has nothing to show. */
  readonly isWaiting: boolean;
  readonly positionS: number;
  readonly durationS: number;
  readonly bufferedS: number;
  readonly isMuted: boolean;
  readonly volume: number;
  readonly speed: number;
  readonly qualities: readonly Quality[];
  /** `undefined`: by what the link carries. */
  readonly quality: Quality | undefined;
}

const KEEP_EVERY_MS = 5000;
const VIDEO_EVENTS = [
  'play',
  'pause',
  'playing',
  'waiting',
  'seeking',
  'seeked',
  'timeupdate',
  'progress',
  'ended',
] as const;

/** Plays a recording: by its renditions where there are some, otherwise the files as they were written. */
export class RecordedPlayer {
  now: RecordedSnapshot;
  readonly #recording: Recording;
  readonly #sound = new Sound();
  #ways: readonly Way[] = [];
  #video: HTMLVideoElement | undefined;
  #feed: RecordedFeed | undefined;
  #startS: number;
  #speed = 1;
  /** By the viewer. */
  #isWanted = false;
  #isWaiting = false;
  #isFailed = false;
  #foreignCodec: string | undefined;
  #keptMs = 0;

  /** `atS`: to begin there; otherwise where this browser left it. */
  constructor(recording: Recording, atS: number | undefined) {
    this.#recording = recording;
    this.#startS = Math.min(atS ?? leftAt(recording.id), recording.durationMs / 1000);
    this.now = $state.raw(this.#snapshot());
  }

  /** Returns how to stop. */
  attach(video: HTMLVideoElement): () => void {
    this.#video = video;
    const listening = new AbortController();
    for (const name of VIDEO_EVENTS) {
      video.addEventListener(name, () => this.#happened(name), { signal: listening.signal });
    }
    this.#foreignCodec = foreignCodec(this.#recording.parts, video);
    this.#ways = waysOf(this.#recording, { canPlayParts: this.#foreignCodec === undefined });
    this.#isFailed = this.#ways.length === 0;
    this.#apply();
    return () => {
      this.#keep();
      listening.abort();
      this.#feed?.close();
      this.#feed = undefined;
      this.#video = undefined;
    };
  }

  play(): void {
    this.#isWanted = true;
    if (this.#feed?.isAtEnd) this.#feed.seek(0);
    this.#begin();
    this.#video?.play().catch(() => {});
  }

  pause(): void {
    this.#isWanted = false;
    this.#video?.pause();
  }

  seek(atS: number): void {
    const withinS = Math.min(Math.max(0, atS), this.now.durationS);
    if (this.#feed) this.#feed.seek(withinS);
    else this.#startS = withinS;
    this.#changed();
  }

  setSpeed(speed: number): void {
    this.#speed = speed;
    this.#apply();
  }

  choose(quality: Quality | undefined): void {
    this.#feed?.choose(quality);
  }

  toggleMute(): void {
    this.#sound.toggle();
    this.#apply();
  }

  /** 0 to 1; 0 mutes. */
  setVolume(level: number): void {
    this.#sound.set(level);
    this.#apply();
  }

  #begin(): void {
    const video = this.#video;
    const [way] = this.#ways;
    if (this.#feed || !video || !way) return;
    this.#isWaiting = true;
    this.#feed = way(video, this.#startS, {
      onChange: () => this.#changed(),
      onReady: () => this.#isWanted && this.play(),
      onFailure: () => this.#goAnotherWay(),
    });
  }

  #goAnotherWay(): void {
    this.#startS = this.#feed?.positionS ?? this.#startS;
    this.#feed?.close();
    this.#feed = undefined;
    this.#ways = this.#ways.slice(1);
    this.#isFailed = this.#ways.length === 0;
    this.#isWaiting = false;
    if (!this.#isFailed) this.play();
    this.#changed();
  }

  #happened(name: (typeof VIDEO_EVENTS)[number]): void {
    if (name === 'waiting' || name === 'seeking') this.#isWaiting = true;
    if (name === 'playing' || name === 'seeked' || name === 'ended') this.#isWaiting = false;
    if (name === 'pause' || name === 'ended') this.#keep();
    if (name === 'timeupdate' && performance.now() - this.#keptMs > KEEP_EVERY_MS) this.#keep();
    this.#changed();
  }

  #keep(): void {
    if (!this.#feed) return;
    this.#keptMs = performance.now();
    leave(this.#recording.id, this.now.positionS, this.now.durationS);
  }

  #apply(): void {
    if (this.#video) {
      this.#video.muted = this.#sound.isMuted;
      this.#video.volume = this.#sound.level;
      this.#video.playbackRate = this.#speed;
      // A file that is loaded begins with this one.
      this.#video.defaultPlaybackRate = this.#speed;
    }
    this.#changed();
  }

  #changed(): void {
    this.now = this.#snapshot();
  }

  #snapshot(): RecordedSnapshot {
    return {
      state: this.#state,
      foreignCodec: this.#foreignCodec,
      isWaiting: this.#isWaiting && this.#state === 'playing',
      positionS: this.#feed?.positionS ?? this.#startS,
      durationS: this.#recording.durationMs / 1000,
      bufferedS: this.#feed?.bufferedS ?? 0,
      isMuted: this.#sound.isMuted,
      volume: this.#sound.level,
      speed: this.#speed,
      qualities: this.#feed?.qualities ?? [],
      quality: this.#feed?.chosen,
    };
  }

  get #state(): RecordedState {
    if (this.#isFailed) return 'failed';
    if (!this.#feed) return 'idle';
    if (this.#feed.isAtEnd) return 'ended';
    return this.#video?.paused ? 'paused' : 'playing';
  }
}
