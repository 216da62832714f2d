const STEPS = 32;
/** A longer step is a pause, not a picture left out. */
const LONGEST_STEP_MS = 1000;

/** The rhythm of an encoder's pictures by their timestamps, and those it left out of it. */
export class FramePace {
  /** Pictures with one before them to measure from. */
  frames = 0;
  /** Whole steps of the usual length that have no picture. */
  skipped = 0;
  readonly #longestStep: number;
  readonly #steps = new Float64Array(STEPS);
  #usual = 0;

  constructor(clockRate: number) {
    this.#longestStep = (LONGEST_STEP_MS * clockRate) / 1000;
  }

  /** `step`: in timestamp units, from the picture sent just before. One of B-frames may be negative, and says nothing. */
  frame(step: number): void {
    if (step <= 0 || step > this.#longestStep) return;
    this.#steps[this.frames % STEPS] = step;
    this.frames += 1;
    if (this.frames % STEPS === 0) this.#usual = this.#steps.toSorted()[STEPS / 2] ?? 0;
    if (this.#usual > 0) this.skipped += Math.max(0, Math.round(step / this.#usual) - 1);
  }
}
