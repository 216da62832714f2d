import type { Source } from '#lib/broadcaster.ts';
import { canvasCompositor } from './compositor/canvas-compositor.ts';
import type { Compositor } from './compositor/compositor.ts';
import { workerCompositor } from './compositor/worker-compositor.ts';
import { Devices } from './devices.svelte.ts';
import { keptImage } from './kept-image.ts';
import { type MediaProblem, mediaProblem } from './media-problem.ts';
import type { Remembered } from './remembered.svelte.ts';
import { canvasSize } from './scene-layout.ts';
import { ScreenShare } from './screen-share.ts';
import type { Scene } from './settings.ts';
import { SoundMix } from './sound-mix.ts';

const LINES_AS_THEY_COME = 1080;

/** What is shown and heard: the scene, made of camera, screen, image and sounds. Camera or screen alone pass untouched. */
export class Stage {
  scene: Scene = $state('camera');
  isMuted = $state(false);
  /** What is sent, or would be. */
  source: Source = $state.raw({ video: null, audio: null });
  screen: MediaStream | undefined = $state.raw();
  image: ImageBitmap | undefined = $state.raw();
  screenProblem: MediaProblem | undefined = $state.raw();
  /** The browser's own button ended the screen, and the camera took its place. */
  hasScreenEnded = $state(false);
  /** Whether the picture is composed here, so that its parts can be moved. */
  isComposed = $state(false);
  readonly devices: Devices;
  readonly sound = new SoundMix(() => this.#compose());
  readonly #remembered: Remembered;
  readonly #onSource: (source: Source) => void;
  readonly #share: ScreenShare;
  #compositor: Compositor | undefined;

  constructor(remembered: Remembered, onSource: (source: Source) => void) {
    this.#remembered = remembered;
    this.#onSource = onSource;
    this.devices = new Devices(remembered, () => this.#compose());
    this.#share = new ScreenShare(() => this.#screenEnded());
  }

  /** Camera and microphone, as this browser remembers them. */
  async open(): Promise<void> {
    const [image] = await Promise.all([keptImage.read().catch(() => undefined), this.devices.open()]);
    if (image) this.image = await createImageBitmap(image).catch(() => undefined);
  }

  /** The screen is asked for where the scene needs it; who thinks better of it stays where he was. */
  async show(scene: Scene): Promise<void> {
    const needsScreen = scene === 'screen' || scene === 'both';
    if (needsScreen && !this.screen && !(await this.shareScreen())) return;
    if (scene === 'image' && !this.image) return;
    this.hasScreenEnded = false;
    this.scene = scene;
    this.#compose();
  }

  /** Another window or screen than before, or the first. Whether there is one now. */
  async shareScreen(): Promise<boolean> {
    this.screenProblem = undefined;
    try {
      this.screen = await this.#share.ask(this.#remembered.now);
      this.#compose();
      return true;
    } catch (error) {
      this.screenProblem = mediaProblem('screen', error);
      return false;
    }
  }

  stopSharing(): void {
    this.#share.close();
    this.screen = undefined;
    if (this.scene === 'screen' || this.scene === 'both') this.scene = 'camera';
    this.#compose();
  }

  /** Throws where the file is no picture. */
  async takeImage(file: Blob): Promise<void> {
    this.image = await createImageBitmap(file);
    // Without room for it, it lasts until the page is left.
    await keptImage.write(file).catch(() => {});
    await this.show('image');
  }

  toggleMute(): void {
    this.isMuted = !this.isMuted;
    this.refit();
  }

  /** After a change of settings. */
  refit(): void {
    const { microphoneGain, screenGain } = this.#remembered.now;
    this.sound.setGain('microphone', this.isMuted ? 0 : microphoneGain);
    this.sound.setGain('screen', screenGain);
    this.#compose();
  }

  /** Camera and screen in the size and rate that is wanted now. */
  async resize(): Promise<void> {
    await Promise.all([this.devices.fit(), this.#share.fit(this.#remembered.now)]);
    this.#compose();
  }

  close(): void {
    this.#share.close();
    this.devices.close();
    this.#compositor?.close();
    this.sound.close();
  }

  #screenEnded(): void {
    this.stopSharing();
    this.hasScreenEnded = true;
  }

  #compose(): void {
    this.sound.take('microphone', this.devices.microphone);
    this.sound.take('screen', this.screen?.getAudioTracks()[0]);
    this.source = { video: this.#video() ?? null, audio: this.sound.track };
    this.#onSource(this.source);
  }

  #video(): MediaStreamTrack | undefined {
    const { camera } = this.devices;
    const screen = this.screen?.getVideoTracks()[0];
    this.isComposed = this.scene === 'image' || (this.scene === 'both' && camera !== undefined);
    if (this.isComposed) return this.#composed(camera, screen);
    this.#compositor?.close();
    this.#compositor = undefined;
    return this.scene === 'camera' ? camera : screen;
  }

  #composed(camera: MediaStreamTrack | undefined, screen: MediaStreamTrack | undefined): MediaStreamTrack | undefined {
    const { resolution, frameRate, inset } = this.#remembered.now;
    const compositor = this.#compositor ?? workerCompositor() ?? canvasCompositor();
    if (!compositor) return screen;
    this.#compositor = compositor;
    const scene = this.scene === 'image' ? 'image' : 'both';
    const { width = 16, height = 9 } = camera?.getSettings() ?? {};
    const lines = resolution === 'source' ? LINES_AS_THEY_COME : resolution;
    compositor.show({ scene, size: canvasSize(lines, scene === 'image' && height > width), inset, frameRate });
    compositor.take('camera', scene === 'both' ? camera : undefined);
    compositor.take('screen', scene === 'both' ? screen : undefined);
    compositor.takeImage(this.image);
    return compositor.track;
  }
}
