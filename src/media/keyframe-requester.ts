// A PLI may be lost on its way, and so may the keyframe.
const REPEAT_MS = 500;
const REPEAT_GROWTH = 1.5;
const PATIENCE_MS = 10_000;
// A keyframe is some ten times the size of another picture: viewers who come and go are not to fill the link with them.
const KEYFRAME_EVERY_MS = 1000;
// Browsers ignore a PLI that comes sooner after a keyframe.
const REST_MS = 300;
// One or two PLIs in a row may be lost.
const UNHEEDED_AFTER = 3;
// An encoder's own keyframe may come just after a PLI: once is no answer yet.
const HEEDED_AFTER = 2;

/** Merges the wishes of all viewers for a keyframe and spaces the PLIs (RFC 4585 section 6.3.1) that ask for it. */
export class KeyframeRequester {
  /** PLIs so far. */
  asked = 0;
  /** PLIs since the last keyframe. */
  unanswered = 0;
  /** Keyframes in a row that came at once when asked for; -1: one did not come at all. */
  #heeded = 0;
  #isWanted = false;
  #wantedMs = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  #arrivedMs = Number.NEGATIVE_INFINITY;
  #isAnswered = true;
  #gapMs = 0;

  want(nowMs: number): void {
    this.#isWanted = true;
    this.#wantedMs = nowMs;
  }

  /** Whether the encoder sends a keyframe when it is asked for one; `undefined` until that was seen. */
  get areHeeded(): boolean | undefined {
    if (this.#heeded < 0) return false;
    return this.#heeded >= HEEDED_AFTER ? true : undefined;
  }

  keyframeArrived(nowMs: number): void {
    this.#arrivedMs = nowMs;
    if (this.unanswered === 1) this.#heeded = Math.min(HEEDED_AFTER, Math.max(0, this.#heeded) + 1);
    this.unanswered = 0;
    this.#isWanted = false;
    this.#isAnswered = true;
    this.#gapMs = KEYFRAME_EVERY_MS;
  }

  /** True: send a PLI now. Some publishers ignore PLI, so it stops asking 10 s after the last wish. */
  due(nowMs: number): boolean {
    if (!this.#isWanted || nowMs - this.#askedMs < this.#gapMs || nowMs - this.#arrivedMs < REST_MS) return false;
    if (nowMs - this.#wantedMs > PATIENCE_MS) {
      this.#isWanted = false;
      return false;
    }
    this.asked += 1;
    this.unanswered += 1;
    if (this.unanswered === UNHEEDED_AFTER) this.#heeded = -1;
    this.#askedMs = nowMs;
    this.#gapMs = this.#isAnswered ? REPEAT_MS : Math.min(this.#gapMs * REPEAT_GROWTH, PATIENCE_MS / 2);
    this.#isAnswered = false;
    return true;
  }

  /** A new publisher may be asked at once. */
  reset(): void {
    this.unanswered = 0;
    this.#heeded = 0;
    this.#isWanted = false;
    this.#isAnswered = true;
    this.#gapMs = 0;
    this.#arrivedMs = Number.NEGATIVE_INFINITY;
  }
}
