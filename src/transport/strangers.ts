const MAX_ALL = 1024;
// An office behind one address may join in the same second; each proves itself within a round trip.
const MAX_ADDRESS = 64;
const PATIENCE_MS = 10_000;

/**
 * Connections of which nobody knows yet whose they are: a limited number, for a limited time. When there are too many the
 * oldest goes, since who means it proves himself at once.
 */
export class Strangers<T> {
  /** In the order they came. */
  readonly #sinceMs = new Map<T, { readonly block: string; readonly sinceMs: number }>();
  readonly #blocks = new Map<string, number>();

  get size(): number {
    return this.#sinceMs.size;
  }

  /** Who has to go in exchange. */
  add(stranger: T, ip: Uint8Array, nowMs: number): T | undefined {
    const block = blockOf(ip);
    const leaver = this.#leaver(block);
    if (leaver !== undefined) this.remove(leaver);
    this.#sinceMs.set(stranger, { block, sinceMs: nowMs });
    this.#blocks.set(block, (this.#blocks.get(block) ?? 0) + 1);
    return leaver;
  }

  /** It is known now, or gone. */
  remove(stranger: T): void {
    const known = this.#sinceMs.get(stranger);
    if (!known) return;
    this.#sinceMs.delete(stranger);
    const left = (this.#blocks.get(known.block) ?? 1) - 1;
    if (left === 0) this.#blocks.delete(known.block);
    else this.#blocks.set(known.block, left);
  }

  /** Who has been one for too long; they are strangers no more. */
  takeOverdue(nowMs: number): readonly T[] {
    const overdue: T[] = [];
    for (const [stranger, { sinceMs }] of this.#sinceMs) {
      if (nowMs - sinceMs <= PATIENCE_MS) break;
      overdue.push(stranger);
    }
    for (const stranger of overdue) this.remove(stranger);
    return overdue;
  }

  #leaver(block: string): T | undefined {
    if ((this.#blocks.get(block) ?? 0) >= MAX_ADDRESS) {
      for (const [stranger, known] of this.#sinceMs) if (known.block === block) return stranger;
    }
    const [oldest] = this.#sinceMs.keys();
    return this.#sinceMs.size >= MAX_ALL ? oldest : undefined;
  }
}

/** An IPv6 household has a whole /64, so that is what counts as one. */
function blockOf(ip: Uint8Array): string {
  return (ip.length === 4 ? ip : ip.subarray(0, 8)).join('.');
}
