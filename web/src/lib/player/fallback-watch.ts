import type { Problem } from '../problem.ts';
import type { WhepState } from '../whep-state.ts';

/** Without a connection for so long, another way is looked for: by then WebRTC has tried, and has tried anew. */
const PATIENCE_MS = 8000;

/** Whether WebRTC does not get through, by what its player says of itself. */
export class FallbackWatch {
  #sinceMs: number | undefined;
  #isHopeless = false;

  moved(state: WhepState, problem: Problem | undefined, nowMs: number): void {
    // This browser does not decode what is sent; the other way may have another codec.
    this.#isHopeless = state === 'refused' && problem?.missingCodec !== undefined;
    const isTrying = state === 'connecting' || state === 'waiting' || state === 'interrupted';
    // "Nobody is live" and "slow down" are answers: something did get through.
    const isAnswered = problem?.status === 409 || problem?.status === 429;
    if (!isTrying || isAnswered) this.#sinceMs = undefined;
    else this.#sinceMs ??= nowMs;
  }

  isDue(nowMs: number): boolean {
    return this.#isHopeless || (this.#sinceMs !== undefined && nowMs - this.#sinceMs >= PATIENCE_MS);
  }
}
