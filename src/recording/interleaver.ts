import type { Block } from './matroska.ts';

/** A track that is silent for longer is not waited for. */
const PATIENCE_MS = 2_500;

/** Brings the blocks of several tracks, each in its own order, into one order by time. */
export class Interleaver {
  readonly #waiting = new Map<number, Block[]>();
  /** Of each track: what came last, and may be no earlier than this. */
  readonly #reached = new Map<number, number>();

  constructor(tracks: readonly number[]) {
    for (const track of tracks) this.#waiting.set(track, []);
  }

  push(block: Block): readonly Block[] {
    this.#waiting.get(block.track)?.push(block);
    this.#reached.set(block.track, Math.max(this.#reached.get(block.track) ?? 0, block.ms));
    return this.#release(this.#settledMs());
  }

  flush(): readonly Block[] {
    return this.#release(Number.POSITIVE_INFINITY);
  }

  /** Nothing earlier than this is to come. */
  #settledMs(): number {
    const reached = [...this.#waiting.keys()].map((track) => this.#reached.get(track) ?? Number.NEGATIVE_INFINITY);
    return Math.max(Math.min(...reached), Math.max(...reached) - PATIENCE_MS);
  }

  #release(upToMs: number): Block[] {
    const released: Block[] = [];
    for (let queue = this.#earliest(upToMs); queue; queue = this.#earliest(upToMs)) {
      const block = queue.shift();
      if (block) released.push(block);
    }
    return released;
  }

  #earliest(upToMs: number): Block[] | undefined {
    let earliest: Block[] | undefined;
    for (const queue of this.#waiting.values()) {
      const [block] = queue;
      if (!block || block.ms > upToMs) continue;
      if (!earliest?.[0] || block.ms < earliest[0].ms) earliest = queue;
    }
    return earliest;
  }
}
