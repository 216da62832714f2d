// A browser checks its path each 2.5 s, and while it pauses that may be all it sends.
const SILENT_MS = 3000;
// Who is heard of so long after his last media only pauses. A still screen is sent once a second.
const PAUSE_MS = 1500;

/**
 * Whether a publisher is there. One that vanishes falls silent in the middle of its media: nothing comes any more, no
 * report and no check of the path either. One that pauses is heard of without media, and may be heard of seldom then.
 */
export class Presence {
  #isSilent = false;
  #mediaMs = Number.NEGATIVE_INFINITY;
  #heardMs = Number.NEGATIVE_INFINITY;

  /** A packet of a track came. */
  media(nowMs: number): void {
    this.#mediaMs = nowMs;
    this.#heardMs = nowMs;
  }

  /** Something else came that only the publisher can have sent. */
  sign(nowMs: number): void {
    this.#heardMs = nowMs;
  }

  /** It said that its media stops (RFC 3550 section 6.6). */
  paused(): void {
    this.#mediaMs = Number.NEGATIVE_INFINITY;
  }

  /** What has changed since the last call. */
  change(nowMs: number): 'silent' | 'resumed' | undefined {
    const isFlowing = this.#heardMs - this.#mediaMs < PAUSE_MS;
    const isSilent = isFlowing && nowMs - this.#heardMs >= SILENT_MS;
    if (isSilent === this.#isSilent) return undefined;
    this.#isSilent = isSilent;
    return isSilent ? 'silent' : 'resumed';
  }
}
