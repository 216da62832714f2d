import { randomUUID } from 'node:crypto';
import type { Broadcast } from './broadcast.ts';
import type { IceSession } from './ice-session.ts';
import type { EndReason, SessionKind, SessionMeter } from './ports.ts';

/** What is kept of a session that ended: no more, since there may be thousands, and an offer hangs on its ICE side. */
export interface EndedSession {
  readonly id: string;
  readonly tag: string;
  readonly kind: SessionKind;
  readonly broadcast: Broadcast;
}

/** One WHIP or WHEP resource. Its id is the secret part of its URL, so logs carry only `tag`. */
export interface Session extends EndedSession {
  readonly ice: IceSession;
  /** The m-section that owns the bundle's transport; an ICE restart's answer names it. */
  mid: string;
  /** Of the m-lines of a viewer's session, the one that its video has. */
  videoIndex?: number | undefined;
  readonly openedAtMs: number;
  /** Absent until ICE and DTLS are up. */
  connectedAtMs?: number;
}

export function newSession(details: Omit<Session, 'id' | 'tag'>): Session {
  const id = randomUUID();
  return { ...details, id, tag: id.slice(0, 8) };
}

const ENDED_KEPT_MS = 5 * 60_000;
const ENDED_KEPT_MAX = 10_000;

/** Open sessions by id, and for some minutes those that ended: clients DELETE what they have already closed. */
export class SessionTable {
  readonly #open = new Map<string, Session>();
  readonly #atEnd = new Map<string, readonly (() => void)[]>();
  readonly #ended = new Map<string, { readonly session: EndedSession; readonly untilMs: number }>();

  readonly #meter: SessionMeter | undefined;

  constructor(meter?: SessionMeter) {
    this.#meter = meter;
  }

  get size(): number {
    return this.#open.size;
  }

  add(session: Session): void {
    this.#open.set(session.id, session);
    this.#meter?.opened(session.kind);
  }

  connected(session: Session, nowMs: number): void {
    if (session.connectedAtMs !== undefined) return;
    session.connectedAtMs = nowMs;
    this.#meter?.connected(session.kind, nowMs - session.openedAtMs);
  }

  get(id: string): Session | undefined {
    return this.#open.get(id);
  }

  ended(id: string): EndedSession | undefined {
    return this.#ended.get(id)?.session;
  }

  of(broadcast: Broadcast): Session[] {
    return [...this.#open.values()].filter((session) => session.broadcast === broadcast);
  }

  /** Runs `action` once, when this open session ends. */
  atEnd({ id }: Session, action: () => void): void {
    this.#atEnd.set(id, [...(this.#atEnd.get(id) ?? []), action]);
  }

  /** Whether it was open. */
  end({ id, tag, kind, broadcast }: EndedSession, reason: EndReason, nowMs: number): boolean {
    if (!this.#open.delete(id)) return false;
    for (const action of this.#atEnd.get(id) ?? []) action();
    this.#atEnd.delete(id);
    this.#meter?.ended(kind, reason);
    this.#ended.set(id, { session: { id, tag, kind, broadcast }, untilMs: nowMs + ENDED_KEPT_MS });
    if (this.#ended.size > ENDED_KEPT_MAX) this.#forgetOldest();
    return true;
  }

  /** Entries stand in the order of their ends, so the first one still fresh stops the walk. */
  expire(nowMs: number): void {
    for (const [id, { untilMs }] of this.#ended) {
      if (untilMs > nowMs) return;
      this.#ended.delete(id);
    }
  }

  #forgetOldest(): void {
    const oldest = this.#ended.keys().next();
    if (!oldest.done) this.#ended.delete(oldest.value);
  }
}
