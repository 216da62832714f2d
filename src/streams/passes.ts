import { StreamError } from './errors.ts';
import type { EndReason } from './ports.ts';

/** What somebody watches with: a viewer token, or the open door of a channel that is not private. */
export interface Pass {
  readonly id: string;
  readonly expiresAt?: Date;
  /** So many viewers at once; any number without it. */
  readonly maxViewers?: number;
}

type End = (reason: EndReason) => void;

interface Holder {
  readonly end: End;
}

interface Holders {
  readonly expiresAtMs: number;
  readonly viewers: Set<Holder>;
  readonly listeners: Set<Holder>;
}

/** Who watches or listens with which pass now: with the pass all of it ends. Sans-IO. */
export class Passes {
  readonly #held = new Map<string, Holders>();

  /** Until the returned function is called. `end` is told when the pass is worth nothing any more. Throws `token_in_use`. */
  watch(pass: Pass, end: End): () => void {
    const max = pass.maxViewers;
    if (max !== undefined && this.viewers(pass.id) >= max) {
      const seats = max === 1 ? 'Somebody watches' : `${max} watch`;
      throw new StreamError('token_in_use', `${seats} with this token already, which is as many as it lets in.`);
    }
    return this.#hold(pass, 'viewers', end);
  }

  /** As `watch`, for what is no viewer: it takes no place. */
  listen(pass: Pass, end: End): () => void {
    return this.#hold(pass, 'listeners', end);
  }

  /** Connected, or about to be. */
  viewers(passId: string): number {
    return this.#held.get(passId)?.viewers.size ?? 0;
  }

  end(passId: string, reason: EndReason): void {
    const held = this.#held.get(passId);
    this.#held.delete(passId);
    for (const holder of [...(held?.viewers ?? []), ...(held?.listeners ?? [])]) holder.end(reason);
  }

  endOverdue(nowMs: number): void {
    for (const [id, { expiresAtMs }] of this.#held) if (expiresAtMs <= nowMs) this.end(id, 'token_expired');
  }

  #hold({ id, expiresAt }: Pass, kind: 'viewers' | 'listeners', end: End): () => void {
    const expiresAtMs = expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    const held = this.#held.get(id) ?? { expiresAtMs, viewers: new Set<Holder>(), listeners: new Set<Holder>() };
    this.#held.set(id, held);
    const holder = { end };
    held[kind].add(holder);
    return () => {
      held[kind].delete(holder);
      const isUnused = held.viewers.size === 0 && held.listeners.size === 0;
      if (isUnused && this.#held.get(id) === held) this.#held.delete(id);
    };
  }
}
