/** An encoder's own delay is a third of this. */
const MOST_BEHIND_MS = 1_500;
const PATIENCE_MS = 3_000;

/** Whether an encoder keeps up with what comes: it is told how far behind it is, and asked when that has lasted too long. */
export class KeepingUp {
  #behindSinceMs: number | undefined;

  /** True once it has been behind for `PATIENCE_MS`. `fedMs`, `madeMs`: up to where pictures went in, and came out. */
  isLost({
    fedMs,
    madeMs,
    nowMs,
  }: {
    readonly fedMs: number;
    readonly madeMs: number;
    readonly nowMs: number;
  }): boolean {
    if (fedMs - madeMs <= MOST_BEHIND_MS) this.#behindSinceMs = undefined;
    else this.#behindSinceMs ??= nowMs;
    return this.#behindSinceMs !== undefined && nowMs - this.#behindSinceMs >= PATIENCE_MS;
  }
}
