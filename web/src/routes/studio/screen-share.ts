import type { StudioSettings } from './settings.ts';

/** The one screen, window or tab that is shared. */
export class ScreenShare {
  readonly #onEnded: () => void;
  #media: MediaStream | undefined;

  /** `onEnded`: by the browser's own button, or with the window that was shared. */
  constructor(onEnded: () => void) {
    this.#onEnded = onEnded;
  }

  /** Lets somebody choose; what was shared before ends only when he did. */
  async ask(settings: StudioSettings): Promise<MediaStream> {
    const media = await navigator.mediaDevices.getDisplayMedia({
      video: pictureWanted(settings),
      // What it plays is music as often as speech: nothing is filtered out of it.
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    this.close();
    this.#media = media;
    for (const video of media.getVideoTracks()) {
      video.contentHint = 'detail';
      video.onended = () => {
        this.close();
        this.#onEnded();
      };
    }
    return media;
  }

  async fit(settings: StudioSettings): Promise<void> {
    const [video] = this.#media?.getVideoTracks() ?? [];
    await video?.applyConstraints(pictureWanted(settings)).catch(() => {});
  }

  /** Idempotent. */
  close(): void {
    for (const track of this.#media?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    this.#media = undefined;
  }
}

function pictureWanted({ resolution, frameRate }: StudioSettings): MediaTrackConstraints {
  return { frameRate: { max: frameRate }, ...(resolution !== 'source' && { height: { max: resolution } }) };
}
