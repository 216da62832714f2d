import type { Quality, Source } from '#lib/whip.ts';
import { AudioMix } from './audio-mix.ts';
import { mediaErrorWords } from './media-error.ts';

export type Picture = 'camera' | 'screen';

/** Camera, microphone and screen of this computer, and what of them makes up the picture and sound now. */
export class Capture {
  picture: Picture = $state('camera');
  cameraId = $state('');
  microphoneId = $state('');
  isMicrophoneOn = $state(true);
  devices: readonly MediaDeviceInfo[] = $state.raw([]);
  error = $state('');
  isStarting = $state(false);
  source: Source = $state.raw({ video: null, audio: null });
  readonly #onSource: (source: Source) => void;
  readonly #mix = new AudioMix();
  #camera: MediaStreamTrack | undefined;
  #microphone: MediaStreamTrack | undefined;
  #screen: MediaStream | undefined;

  constructor(onSource: (source: Source) => void) {
    this.#onSource = onSource;
  }

  get cameras(): readonly MediaDeviceInfo[] {
    return this.devices.filter(({ kind }) => kind === 'videoinput');
  }

  get microphones(): readonly MediaDeviceInfo[] {
    return this.devices.filter(({ kind }) => kind === 'audioinput');
  }

  /** Opens camera and microphone as chosen; one of the two is enough. */
  async useCamera(quality: Quality): Promise<void> {
    await this.#attempt(async () => {
      this.#camera?.stop();
      this.#microphone?.stop();
      const { video, audio, error } = await openDevices(quality, this.cameraId, this.microphoneId);
      [this.#camera, this.#microphone] = [video, audio];
      this.#endScreen();
      this.picture = 'camera';
      if (video) video.contentHint = 'motion';
      this.cameraId = video?.getSettings().deviceId ?? this.cameraId;
      this.microphoneId = audio?.getSettings().deviceId ?? this.microphoneId;
      this.devices = await navigator.mediaDevices.enumerateDevices();
      if (error) throw error;
    });
  }

  /** Another microphone for the same picture. */
  async useMicrophone(): Promise<void> {
    await this.#attempt(async () => {
      const audio = await navigator.mediaDevices.getUserMedia({ audio: { deviceId: { exact: this.microphoneId } } });
      this.#microphone?.stop();
      this.#microphone = audio.getAudioTracks()[0];
    });
  }

  async useScreen(quality: Quality): Promise<void> {
    await this.#attempt(async () => {
      const { height, frameRate } = quality;
      const video = { height: { max: height }, frameRate: { max: frameRate } };
      const screen = await navigator.mediaDevices.getDisplayMedia({ video, audio: true });
      this.#endScreen();
      this.#camera?.stop();
      this.#screen = screen;
      this.picture = 'screen';
      const [track] = screen.getVideoTracks();
      if (!track) return;
      track.contentHint = 'detail';
      // Ended by the browser's own "Stop sharing".
      track.onended = () => void this.useCamera(quality);
    });
  }

  toggleMicrophone(): void {
    this.isMicrophoneOn = !this.isMicrophoneOn;
    if (this.#microphone) this.#microphone.enabled = this.isMicrophoneOn;
  }

  /** A device was plugged in or out: a camera or microphone that vanished is replaced by another. */
  async devicesChanged(quality: Quality): Promise<void> {
    this.devices = await navigator.mediaDevices.enumerateDevices();
    const isGone = (track: MediaStreamTrack | undefined) => track?.readyState === 'ended';
    if (this.picture === 'camera' && (isGone(this.#camera) || isGone(this.#microphone))) await this.useCamera(quality);
  }

  close(): void {
    this.#endScreen();
    this.#camera?.stop();
    this.#microphone?.stop();
    this.#mix.close();
  }

  async #attempt(change: () => Promise<void>): Promise<void> {
    this.isStarting = true;
    this.error = '';
    try {
      await change();
    } catch (error) {
      this.error = mediaErrorWords(error);
    }
    this.isStarting = false;
    this.#compose();
  }

  #compose(): void {
    if (this.#microphone) this.#microphone.enabled = this.isMicrophoneOn;
    const [screenVideo] = this.#screen?.getVideoTracks() ?? [];
    const [screenAudio] = this.#screen?.getAudioTracks() ?? [];
    const audio = [this.#microphone, screenAudio].filter((track) => track?.readyState === 'live');
    const video = screenVideo ?? this.#camera;
    this.source = {
      video: video?.readyState === 'live' ? video : null,
      audio: this.#mix.of(audio.filter((track) => track !== undefined)),
    };
    this.#onSource(this.source);
  }

  #endScreen(): void {
    for (const track of this.#screen?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    this.#screen = undefined;
  }
}

interface Opened {
  readonly video?: MediaStreamTrack | undefined;
  readonly audio?: MediaStreamTrack | undefined;
  readonly error?: unknown;
}

/** Both together make one question to the user; where one is missing, the other is opened alone. */
async function openDevices(quality: Quality, cameraId: string, microphoneId: string): Promise<Opened> {
  const { height, frameRate } = quality;
  const size = {
    width: { ideal: Math.round((height * 16) / 9) },
    height: { ideal: height },
    frameRate: { ideal: frameRate },
  };
  const video = { ...size, ...(cameraId && { deviceId: { ideal: cameraId } }) };
  const audio = microphoneId ? { deviceId: { ideal: microphoneId } } : true;
  const open = (wanted: MediaStreamConstraints) => navigator.mediaDevices.getUserMedia(wanted);
  try {
    const both = await open({ video, audio });
    return { video: both.getVideoTracks()[0], audio: both.getAudioTracks()[0] };
  } catch (error) {
    if (error instanceof Error && error.name === 'NotAllowedError') throw error;
    const [camera, microphone] = await Promise.allSettled([open({ video }), open({ audio })]);
    if (camera.status === 'rejected' && microphone.status === 'rejected') throw error;
    return {
      video: camera.status === 'fulfilled' ? camera.value.getVideoTracks()[0] : undefined,
      audio: microphone.status === 'fulfilled' ? microphone.value.getAudioTracks()[0] : undefined,
      error: camera.status === 'rejected' ? camera.reason : undefined,
    };
  }
}
