import { randomUUID } from 'node:crypto';
import type { Broadcast } from './broadcast.ts';
import type { IceSession } from './ice-session.ts';
import type { EndReason, SessionKind, SessionMeter } from './ports.ts';
import type { ViewerVideo } from './viewer-video.ts';
import type { Visitor } from './visitors.ts';

/** What is kept of a session that ended: no more, since there may be thousands, and an offer hangs on its ICE side. */
export interface EndedSession {
  readonly id: string;
  readonly tag: string;
  readonly kind: SessionKind;
  /** The present one, of a viewer who waits for the next. */
  broadcast: Broadcast;
}

/** One WHIP or WHEP resource. Its id is the secret part of its URL, so logs carry only `tag`. */
export interface Session extends EndedSession {
  readonly ice: IceSession;
  /** The m-section that owns the bundle's transport; an ICE restart's answer names it. */
  mid: string;
  /** Of a viewer's session. */
  video?: ViewerVideo | undefined;
  /** Who watches, where that is known. */
  readonly visitor?: Visitor | undefined;
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
  readonly #byBroadcast = new Map<Broadcast, Set<Session>>();
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
    this.#join(session);
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
    return [...(this.#byBroadcast.get(broadcast) ?? [])];
  }

  hasAny(broadcast: Broadcast): boolean {
    return this.#byBroadcast.has(broadcast);
  }

  /** To another broadcast of the same channel. */
  move(session: Session, broadcast: Broadcast): void {
    this.#leave(session);
    session.broadcast = broadcast;
    this.#join(session);
  }

  /** Runs `action` once, when this open session ends. */
  atEnd({ id }: Session, action: () => void): void {
    this.#atEnd.set(id, [...(this.#atEnd.get(id) ?? []), action]);
  }

  /** Whether it was open. */
  end({ id, tag, kind, broadcast }: EndedSession, reason: EndReason, nowMs: number): boolean {
    const session = this.#open.get(id);
    if (!session) return false;
    this.#open.delete(id);
    this.#leave(session);
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

  #join(session: Session): void {
    const others = this.#byBroadcast.get(session.broadcast) ?? new Set();
    this.#byBroadcast.set(session.broadcast, others.add(session));
  }

  #leave(session: Session): void {
    const sessions = this.#byBroadcast.get(session.broadcast);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#byBroadcast.delete(session.broadcast);
  }

  #forgetOldest(): void {
    const oldest = this.#ended.keys().next();
    if (!oldest.done) this.#ended.delete(oldest.value);
  }
}
