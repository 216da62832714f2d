import type { Sound } from './sound.ts';

/** Plays something on a `<video>`; returns how to take it off. */
export type Feed = (video: HTMLVideoElement) => () => void;

/** A stream, or something else, on a `<video>`, as loud as the viewer wants it and the browser allows. */
export class Playback {
  readonly #sound: Sound;
  readonly #onChange: () => void;
  readonly #onPicture: () => void;
  #video: HTMLVideoElement | undefined;
  #source: MediaStream | Feed | undefined;
  #takeOff: (() => void) | undefined;
  #isPaused = false;
  /** What he paused stays so, also when a new session brings another stream. */
  #isPausedByViewer = false;
  #isSilenced = false;

  /** `onPicture`: the first of a stream is seen. */
  constructor(sound: Sound, { onChange, onPicture }: { onChange: () => void; onPicture: () => void }) {
    this.#sound = sound;
    this.#onChange = onChange;
    this.#onPicture = onPicture;
  }

  /** By the viewer, or by a browser that does not start videos by itself. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The viewer wants sound, and the browser wants him to touch the page first. */
  get isSilenced(): boolean {
    return this.#isSilenced;
  }

  /** `undefined` also where what is shown is no stream. */
  get stream(): MediaStream | undefined {
    return typeof this.#source === 'object' ? this.#source : undefined;
  }

  /** Plays there from now on. Returns how to stop. */
  attach(video: HTMLVideoElement): () => void {
    this.#video = video;
    const onPause = () => this.#paused(true);
    const onPlay = () => this.#paused(false);
    const onLoaded = () => video.videoWidth > 0 && this.#onPicture();
    video.addEventListener('pause', onPause);
    video.addEventListener('play', onPlay);
    video.addEventListener('loadeddata', onLoaded);
    this.#put();
    return () => {
      video.removeEventListener('pause', onPause);
      video.removeEventListener('play', onPlay);
      video.removeEventListener('loadeddata', onLoaded);
      this.#clear(video);
      this.#video = undefined;
    };
  }

  show(source: MediaStream | Feed | undefined): void {
    this.#source = source;
    this.#put();
  }

  play(): void {
    this.#isPausedByViewer = false;
    void this.#start();
  }

  pause(): void {
    this.#isPausedByViewer = true;
    this.#video?.pause();
  }

  /** Phones pause what nobody looks at, and leave it so. */
  resume(): void {
    if (this.#source && !this.#isPausedByViewer) void this.#start();
  }

  /** Upon a touch of the viewer, who may have to touch the page once before he hears anything. */
  toggleMute(): void {
    if (this.#isSilenced) this.#isSilenced = false;
    else this.#sound.toggle();
    this.#apply();
  }

  setVolume(level: number): void {
    this.#isSilenced = false;
    this.#sound.set(level);
    this.#apply();
  }

  #put(): void {
    const [video, source] = [this.#video, this.#source];
    if (!video) return;
    if (typeof source === 'function') {
      this.#clear(video);
      this.#takeOff = source(video);
    } else {
      this.#takeOff?.();
      this.#takeOff = undefined;
      // One stream after another without a gap between them.
      video.srcObject = source ?? null;
    }
    this.resume();
  }

  #clear(video: HTMLVideoElement): void {
    this.#takeOff?.();
    this.#takeOff = undefined;
    video.srcObject = null;
  }

  /** More than one may be under way at once: each goes by what it has asked for itself. */
  async #start(): Promise<void> {
    this.#apply();
    const isMuted = this.#video?.muted ?? true;
    if (await this.#played()) return;
    if (!isMuted) {
      this.#isSilenced = true;
      this.#apply();
      if (await this.#played()) return;
    }
    this.#paused(true);
  }

  /** False where the browser forbids it. A stream that comes in between ends the try, and begins one of its own. */
  async #played(): Promise<boolean> {
    try {
      await this.#video?.play();
      return true;
    } catch (error) {
      return !(error instanceof DOMException && error.name === 'NotAllowedError');
    }
  }

  #apply(): void {
    if (this.#video) {
      this.#video.muted = this.#sound.isMuted || this.#isSilenced;
      this.#video.volume = this.#sound.level;
    }
    this.#onChange();
  }

  #paused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#onChange();
  }
}
