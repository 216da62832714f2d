import type { Logger } from 'pino';
import type { Broadcast } from './broadcast.ts';
import type { Broadcasts } from './broadcasts.ts';
import type { Clock } from './clock.ts';
import type { EndReason, MediaPlane } from './ports.ts';
import type { EndedSession, SessionTable } from './session-table.ts';

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
      return;
    }
    const over = broadcast.publisherEnded(session.id, reason);
    if (over !== undefined) this.endBroadcast(broadcast, over);
  }

  closePublisher(sessionId: string, reason: EndReason): void {
    const session = this.#sessions.get(sessionId) ?? this.#sessions.ended(sessionId);
    if (!session) return;
    this.sessionEnded(session, reason);
    this.closeMedia(sessionId);
  }

  /** With every session on it. Idempotent. */
  endBroadcast(broadcast: Broadcast, reason: EndReason): void {
    if (!this.#broadcasts.end(broadcast, reason)) return;
    for (const session of this.#sessions.of(broadcast)) this.#sessions.end(session, reason, this.#clock.now());
    this.#own(this.#media.closeStream(broadcast.stream.id), 'stream was not closed');
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
