import { type MediaProblem, mediaProblem } from './media-problem.ts';
import type { Remembered } from './remembered.svelte.ts';
import { NO_DEVICE } from './settings.ts';

type Kind = 'camera' | 'microphone';

/** The camera and microphone of this computer, as chosen. One that goes is replaced by another, with a word. */
export class Devices {
  all: readonly MediaDeviceInfo[] = $state.raw([]);
  camera: MediaStreamTrack | undefined = $state.raw();
  microphone: MediaStreamTrack | undefined = $state.raw();
  problems: Readonly<Partial<Record<Kind, MediaProblem>>> = $state.raw({});
  isStarting = $state(false);
  readonly #remembered: Remembered;
  readonly #onChange: () => void;

  constructor(remembered: Remembered, onChange: () => void) {
    this.#remembered = remembered;
    this.#onChange = onChange;
  }

  get cameras(): readonly MediaDeviceInfo[] {
    return this.all.filter(({ kind }) => kind === 'videoinput');
  }

  get microphones(): readonly MediaDeviceInfo[] {
    return this.all.filter(({ kind }) => kind === 'audioinput');
  }

  /** What is in use, or what is wanted where nothing is. */
  idOf(kind: Kind): string {
    return this[kind]?.getSettings().deviceId ?? this.#wanted(kind);
  }

  /** Both together make one question to the user; where one of them can not be had, the other is opened alone. */
  async open(): Promise<void> {
    const wanted = (['camera', 'microphone'] as const).filter((kind) => this.#wanted(kind) !== NO_DEVICE);
    this.isStarting = true;
    try {
      const constraints = Object.assign({}, ...wanted.map((kind) => this.#constraints(kind)));
      if (wanted.length > 0) this.#takeAll(await navigator.mediaDevices.getUserMedia(constraints));
    } catch (error) {
      for (const kind of wanted) {
        const isRefused = error instanceof Error && error.name === 'NotAllowedError' && !(await isGranted(kind));
        if (isRefused || wanted.length === 1) this.#fail(kind, error);
        else await this.#openOne(kind);
      }
    }
    await this.#list();
    this.isStarting = false;
    this.#onChange();
  }

  /** `NO_DEVICE` turns it off. */
  async choose(kind: Kind, id: string): Promise<void> {
    this.#remembered.change(kind === 'camera' ? { cameraId: id } : { microphoneId: id });
    await this.reopen(kind);
  }

  /** As after a change of what is wanted of it. A phone opens one camera at a time, so the old one is let go first. */
  async reopen(kind: Kind): Promise<void> {
    this.#release(kind);
    this.#solve(kind);
    if (this.#wanted(kind) !== NO_DEVICE) await this.#openOne(kind);
    await this.#list();
    this.#onChange();
  }

  /** From the camera at the front of a phone to the one at its back, or to the next. */
  async flip(): Promise<void> {
    const { facingMode, deviceId } = this.camera?.getSettings() ?? {};
    const at = this.cameras.findIndex((camera) => camera.deviceId === deviceId);
    const next = this.cameras[(at + 1) % this.cameras.length];
    const facing = facingMode && { facingMode: { ideal: facingMode === 'environment' ? 'user' : 'environment' } };
    this.#release('camera');
    await this.#openOne('camera', facing || (next && { deviceId: { ideal: next.deviceId } }));
    this.#remembered.change({ cameraId: this.camera?.getSettings().deviceId ?? '' });
    this.#onChange();
  }

  /** The open camera follows a change of size or frame rate, as far as it can; the sender does the rest. */
  async fit(): Promise<void> {
    await this.camera?.applyConstraints(this.#pictureWanted()).catch(() => {});
  }

  /** Something was plugged in or out: what was missed may be there again. */
  async listChanged(): Promise<void> {
    await this.#list();
    for (const kind of ['camera', 'microphone'] as const) {
      const there = kind === 'camera' ? this.cameras : this.microphones;
      const isBack = there.some(({ deviceId }) => deviceId === this.#wanted(kind));
      const isMissed = this.problems[kind] !== undefined && (isBack || !this[kind]) && there.length > 0;
      if (isMissed) await this.reopen(kind);
    }
  }

  /** It was read, and needs nothing more. */
  dismiss(kind: Kind): void {
    this.#solve(kind);
  }

  close(): void {
    this.#release('camera');
    this.#release('microphone');
  }

  async #openOne(kind: Kind, instead?: MediaTrackConstraints): Promise<void> {
    try {
      this.#takeAll(await navigator.mediaDevices.getUserMedia(this.#constraints(kind, instead)));
    } catch (error) {
      this.#fail(kind, error);
    }
  }

  #takeAll(media: MediaStream): void {
    for (const track of media.getTracks()) {
      const kind = track.kind === 'video' ? 'camera' : 'microphone';
      this.#release(kind);
      if (kind === 'camera') track.contentHint = 'motion';
      track.onended = () => void this.#ended(kind, track.label);
      this[kind] = track;
      this.#solve(kind);
    }
  }

  async #ended(kind: Kind, label: string): Promise<void> {
    this.#release(kind);
    this.#onChange();
    await this.#openOne(kind);
    this.problems = { ...this.problems, [kind]: { kind, reason: 'unplugged', detail: label } };
    await this.#list();
    this.#onChange();
  }

  #release(kind: Kind): void {
    const track = this[kind];
    if (!track) return;
    track.onended = null;
    track.stop();
    this[kind] = undefined;
  }

  #fail(kind: Kind, error: unknown): void {
    const problem = mediaProblem(kind, error);
    if (!problem) return;
    this.problems = { ...this.problems, [kind]: problem };
    if (problem.reason === 'denied') void this.#reopenOnceGranted(kind);
  }

  #solve(kind: Kind): void {
    const { [kind]: _, ...others } = this.problems;
    this.problems = others;
  }

  /** Who allows it in the browser's settings has done enough: no reload, no second click. */
  async #reopenOnceGranted(kind: Kind): Promise<void> {
    const permission = await permissionOf(kind);
    if (!permission) return;
    permission.onchange = () => {
      if (permission.state === 'granted' && this.problems[kind]?.reason === 'denied') void this.reopen(kind);
    };
  }

  async #list(): Promise<void> {
    this.all = (await navigator.mediaDevices.enumerateDevices()).filter(({ deviceId }) => deviceId !== '');
  }

  #wanted(kind: Kind): string {
    const { cameraId, microphoneId } = this.#remembered.now;
    return kind === 'camera' ? cameraId : microphoneId;
  }

  #constraints(kind: Kind, instead?: MediaTrackConstraints): MediaStreamConstraints {
    const id = this.#wanted(kind);
    const device = instead ?? (id && id !== NO_DEVICE ? { deviceId: { ideal: id } } : {});
    if (kind === 'camera') return { video: { ...this.#pictureWanted(), ...device } };
    const { echoCancellation, noiseSuppression, autoGainControl } = this.#remembered.now;
    return { audio: { echoCancellation, noiseSuppression, autoGainControl, ...device } };
  }

  #pictureWanted(): MediaTrackConstraints {
    const { resolution, frameRate } = this.#remembered.now;
    const height = resolution === 'source' ? 2160 : resolution;
    const width = Math.round((height * 16) / 9);
    return { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: frameRate } };
  }
}

/** `undefined` where the browser does not tell. */
async function permissionOf(kind: Kind): Promise<PermissionStatus | undefined> {
  return navigator.permissions?.query({ name: kind as PermissionName }).catch(() => undefined);
}

async function isGranted(kind: Kind): Promise<boolean> {
  return (await permissionOf(kind))?.state === 'granted';
}
