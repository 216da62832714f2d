const LEAST_MS = 80;
// What a keyframe makes is gone sooner, and a link that stood still for a moment gives all it kept back at once.
const STANDING_MS = 100;
const DRAINING_SHARE = 0.8;

/** Whether a queue on the way stays: it has been long for a while, and does not drain. That needs no trend to be believed. */
export class StandingQueue {
  isStanding = false;
  #since: { readonly atMs: number; queueMs: number } | undefined;

  /** `atMs`: when a packet arrived, having waited for `queueMs`. */
  update(queueMs: number, atMs: number): void {
    const since = this.#since;
    if (queueMs < LEAST_MS) this.#since = undefined;
    else if (!since || queueMs < since.queueMs * DRAINING_SHARE) this.#since = { atMs, queueMs };
    else since.queueMs = Math.max(since.queueMs, queueMs);
    this.isStanding = this.#since !== undefined && atMs - this.#since.atMs >= STANDING_MS;
  }

  forget(): void {
    this.#since = undefined;
    this.isStanding = false;
  }
}
