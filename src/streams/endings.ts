import type { Logger } from 'pino';
import type { Broadcast } from './broadcast.ts';
import type { Broadcasts } from './broadcasts.ts';
import type { Clock } from './clock.ts';
import type { EndReason, MediaPlane } from './ports.ts';
import type { EndedSession, Session, SessionTable } from './session-table.ts';

interface EndingsOptions {
  readonly media: MediaPlane;
  readonly sessions: SessionTable;
  readonly broadcasts: Broadcasts;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How sessions and broadcasts end, and what ends with them. The media plane is told, and nobody waits for it. */
export class Endings {
  readonly #media: MediaPlane;
  readonly #sessions: SessionTable;
  readonly #broadcasts: Broadcasts;
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor({ media, sessions, broadcasts, clock, log }: EndingsOptions) {
    this.#media = media;
    this.#sessions = sessions;
    this.#broadcasts = broadcasts;
    this.#clock = clock;
    this.#log = log;
  }

  /** A session is over, as the media plane or its client says; maybe once more after it was. */
  sessionEnded(session: EndedSession, reason: EndReason, detail?: string): void {
    const { broadcast } = session;
    const wasOpen = this.#sessions.end(session, reason, this.#clock.now());
    if (wasOpen) broadcast.log.info({ session: session.tag, kind: session.kind, reason, detail }, 'session ended');
    if (broadcast.stream.state === 'ended') return;
    if (session.kind === 'viewer') {
      broadcast.viewerLeft(session.id, reason);
      this.endIfIdle(broadcast, reason);
      return;
    }
    const over = broadcast.publisherEnded(session.id, reason);
    if (broadcast.stream.isVacant) this.endIfIdle(broadcast, reason);
    else if (over !== undefined) this.endBroadcast(broadcast, over);
  }

  /** Of a stream that never began, and that nobody waits for. */
  endIfIdle(broadcast: Broadcast, reason: EndReason): void {
    if (broadcast.stream.isVacant && !this.#sessions.hasAny(broadcast)) this.endBroadcast(broadcast, reason);
  }

  /** Also of a publisher that is gone, and might come back. */
  closeSession(sessionId: string, reason: EndReason): void {
    const session = this.#sessions.get(sessionId) ?? this.#sessions.ended(sessionId);
    if (!session) return;
    this.sessionEnded(session, reason);
    this.closeMedia(sessionId);
  }

  /** With every session on it, but for viewers who may wait for the next one. Idempotent. */
  endBroadcast(broadcast: Broadcast, reason: EndReason): void {
    if (!this.#broadcasts.end(broadcast, reason)) return;
    const sessions = this.#sessions.of(broadcast);
    const mayStay = broadcast.channel.acceptsWaitingViewers && reason !== 'shutdown';
    const stays = ({ kind }: Session) => mayStay && kind === 'viewer';
    const staying = sessions.filter(stays);
    const leaving = sessions.filter((session) => !stays(session));
    for (const session of leaving) this.#sessions.end(session, reason, this.#clock.now());
    if (staying.length === 0) this.#own(this.#media.closeStream(broadcast.mediaId), 'stream was not closed');
    else this.#awaitNext(broadcast, staying, leaving);
  }

  #awaitNext(broadcast: Broadcast, staying: readonly Session[], leaving: readonly Session[]): void {
    const next = this.#broadcasts.succeed(broadcast);
    for (const session of staying) {
      this.#sessions.move(session, next);
      if (session.connectedAtMs !== undefined) next.viewerConnected(session.id, session.visitor);
    }
    for (const { id } of leaving) this.closeMedia(id);
  }

  /** Broadcasts whose publisher did not come back in time. */
  endOverdue(nowMs: number): void {
    for (const broadcast of this.#broadcasts.all()) {
      const over = broadcast.stream.due(nowMs);
      if (over !== undefined) this.endBroadcast(broadcast, over);
    }
  }

  /** Of a session that the domain no longer knows. */
  closeMedia(sessionId: string): void {
    this.#own(this.#media.closeSession(sessionId), 'session was not closed');
  }

  #own(work: Promise<unknown>, problem: string): void {
    work.catch((error: unknown) => this.#log.error({ err: error }, problem));
  }
}
