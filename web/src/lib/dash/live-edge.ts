/** Who goes there wants to see what is, not what was. */
const NEAR_S = 2;
/** What is less is caught up by playing a little faster. */
const JUMP_BEYOND_S = 3;
/** Who has not so much ahead has a thin link, and would have nothing to play where he jumps to. */
const AHEAD_S = 1.5;
const JUMP_AGAIN_MS = 10_000;

/** Whether a viewer follows what is live, and when he is so far behind it that nothing but a jump brings him back. */
export class LiveEdge {
  #isFollowing: boolean;
  #jumpedMs = Number.NEGATIVE_INFINITY;

  constructor({ isFollowing }: { readonly isFollowing: boolean }) {
    this.#isFollowing = isFollowing;
  }

  /** False for who has gone back, or paused, by himself: he stays where he is. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** By himself, so far behind the newest. */
  went(lagS: number): void {
    this.#isFollowing = lagS < NEAR_S;
  }

  /** True once: he is to be taken to the newest. `aheadS`: what he has to play without the network. */
  isLost({ lagS, aheadS, nowMs }: { readonly lagS: number; readonly aheadS: number; readonly nowMs: number }): boolean {
    if (!this.#isFollowing || lagS < JUMP_BEYOND_S || aheadS < AHEAD_S) return false;
    if (nowMs - this.#jumpedMs < JUMP_AGAIN_MS) return false;
    this.#jumpedMs = nowMs;
    return true;
  }
}
