import type { PlayOffer } from '../sdp/play-offer.ts';
import { StreamError } from './errors.ts';
import type { Session } from './session-table.ts';

/** draft-ietf-wish-whep: how long a counter-offer holds unless said otherwise. */
const VALID_MS = 30_000;

interface Offered {
  readonly offer: PlayOffer;
  /** Where the session will be. */
  readonly thread: number;
}

/** Our offers that viewers have not answered yet, in the order made. */
export class Offers {
  readonly #bySession = new Map<Session, Offered & { readonly untilMs: number }>();
  readonly #max: number;

  constructor({ max }: { max: number }) {
    this.#max = max;
  }

  /** An offer costs who asks for it nothing, so a few must not take the room of viewers. Throws `at_capacity`. */
  admit(): void {
    if (this.#bySession.size < this.#max) return;
    throw new StreamError('at_capacity', 'As many offers as there may be wait for their answers.');
  }

  /** Until when it holds. */
  add(session: Session, offered: Offered, nowMs: number): number {
    const untilMs = nowMs + VALID_MS;
    this.#bySession.set(session, { ...offered, untilMs });
    return untilMs;
  }

  /** Throws `already_agreed`. */
  of(session: Session): Offered {
    const offered = this.#bySession.get(session);
    if (offered) return offered;
    throw new StreamError('already_agreed', 'Offer and answer were exchanged already; only ICE may change.');
  }

  delete(session: Session): void {
    this.#bySession.delete(session);
  }

  /** Takes out those whose time is up. */
  lapsed(nowMs: number): Session[] {
    const lapsed: Session[] = [];
    for (const [session, { untilMs }] of this.#bySession) {
      if (untilMs > nowMs) break;
      lapsed.push(session);
    }
    for (const session of lapsed) this.#bySession.delete(session);
    return lapsed;
  }
}
