import type { RenditionWitness } from '../streams/ports.ts';

/** Who asks now and then does not make what he asks for begin and end over and over. */
const LINGER_MS = 60_000;

export interface DemandChanges {
  readonly begun: readonly string[];
  readonly ended: readonly string[];
}

/**
 * Which live streams are to be made smaller: from the first moment on in which somebody has a use for it, until nobody had
 * one for a minute. Sans-IO.
 */
export class RenditionDemand implements RenditionWitness {
  readonly #now: () => number;
  /** By stream, when it was last wanted. */
  readonly #wantedMs = new Map<string, number>();
  readonly #begun = new Set<string>();

  constructor({ now }: { now: () => number }) {
    this.#now = now;
  }

  wanted(streamId: string): void {
    this.#wantedMs.set(streamId, this.#now());
  }

  /** The stream is over: there is nothing to end any more. */
  ended(streamId: string): void {
    this.#wantedMs.delete(streamId);
    this.#begun.delete(streamId);
  }

  /** What is different since it was asked last. */
  changes(): DemandChanges {
    const nowMs = this.#now();
    const [begun, ended]: [string[], string[]] = [[], []];
    for (const [streamId, wantedMs] of this.#wantedMs) {
      const isOver = nowMs - wantedMs >= LINGER_MS;
      const hasBegun = this.#begun.has(streamId);
      if (isOver && hasBegun) ended.push(streamId);
      if (!isOver && !hasBegun) begun.push(streamId);
    }
    for (const streamId of begun) this.#begun.add(streamId);
    for (const streamId of ended) this.ended(streamId);
    return { begun, ended };
  }
}
