import type { MediaKind } from '../media/plan.ts';
import type { Backlog } from './backlog.ts';

// Once something has waited so long, pictures are better left out up to the next keyframe; sound is heard on for longer.
const MAX_LAG_MS = { video: 500, audio: 1000 } as const satisfies Record<MediaKind, number>;
// One slow viewer must not have the encoder make keyframes for everybody all the time.
const ASK_EVERY_MS = 2_000;

/**
 * Over TCP nothing is lost and all comes in order, so what is too much for the link would make all that follows late. Tells
 * what one track of one viewer leaves out, and when it may go on. Sans-IO; where there is no backlog nothing is left out.
 */
export class CatchUp {
  readonly #maxLagMs: number;
  readonly #needsKeyframe: boolean;
  #isBehind = false;
  #mayAskMs = 0;

  constructor(kind: MediaKind) {
    this.#maxLagMs = MAX_LAG_MS[kind];
    this.#needsKeyframe = kind === 'video';
  }

  /** Pictures were left out, and none was sent since. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Whether these packets are not to be sent. */
  leavesOut(packets: number, backlog: Backlog | undefined, nowMs: number): boolean {
    if (!backlog?.isBehind(this.#maxLagMs, nowMs)) return false;
    backlog.passedOver += packets;
    this.#isBehind = this.#needsKeyframe;
    return true;
  }

  /** Packets on the way to the keyframe that ends the gap. */
  missed(packets: number, backlog: Backlog | undefined): void {
    if (this.#isBehind && backlog) backlog.passedOver += packets;
  }

  /** Whether a keyframe that is here may be sent. */
  mayGoOn(backlog: Backlog | undefined, nowMs: number): boolean {
    return !this.#isBehind || isClear(backlog, nowMs);
  }

  /** Whether it is time to ask for the keyframe that ends the gap. */
  mayAsk(backlog: Backlog | undefined, nowMs: number): boolean {
    if (nowMs < this.#mayAskMs || !isClear(backlog, nowMs)) return false;
    this.#mayAskMs = nowMs + ASK_EVERY_MS;
    return true;
  }

  wentOn(): void {
    this.#isBehind = false;
  }
}

/** Whether what need not be sent at once may be: all that was sent before is on its way. */
export function isClear(backlog: Backlog | undefined, nowMs: number): boolean {
  return backlog?.isClear(nowMs) ?? true;
}
