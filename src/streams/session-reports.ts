import type { SessionStats } from '../media/stats.ts';
import type { Broadcast } from './broadcast.ts';
import { StreamError } from './errors.ts';
import type { MediaPlane, SessionKind } from './ports.ts';
import type { Session, SessionTable } from './session-table.ts';

/** What is known of one connected session. `tag` names it to people: its id is a secret. */
export interface SessionReport {
  readonly tag: string;
  readonly joinedAt: Date;
  /** From its POST. */
  readonly connectMs: number;
  readonly stats: SessionStats;
  /** Whose health tells how a publisher's media comes in. */
  readonly broadcast: Broadcast;
}

export interface ReportPage {
  readonly reports: readonly SessionReport[];
  /** Where the next page begins, when there is one. */
  readonly next: string | undefined;
}

interface Connected extends Session {
  readonly connectedAtMs: number;
}

/** Looks at sessions for those who ask; media threads measure only then. */
export class SessionReports {
  readonly #sessions: SessionTable;
  readonly #media: MediaPlane;

  constructor({ sessions, media }: { sessions: SessionTable; media: MediaPlane }) {
    this.#sessions = sessions;
    this.#media = media;
  }

  /** Throws `no_session` for one that is not there, or not connected yet. */
  async one(kind: SessionKind, sessionId: string): Promise<SessionReport> {
    const session = this.#sessions.get(sessionId);
    const [report] = session?.kind === kind && isConnected(session) ? await this.#reportsOn([session]) : [];
    if (!report) throw new StreamError('no_session', 'There is no such session, or it is not connected yet.');
    return report;
  }

  /** Publishers first, on the first page, then viewers as they came. `after`: the `next` of the page before. */
  async page(
    broadcast: Broadcast,
    { limit, after }: { limit: number; after?: string | undefined },
  ): Promise<ReportPage> {
    const sorted = this.#sessions
      .of(broadcast)
      .filter(isConnected)
      .toSorted((a, b) => (positionOf(a) < positionOf(b) ? -1 : 1));
    const rest = after === undefined ? sorted : sorted.filter((session) => positionOf(session) > after);
    const wanted = rest.slice(0, limit);
    const last = wanted.at(-1);
    return {
      reports: await this.#reportsOn(wanted),
      next: last && rest.length > limit ? positionOf(last) : undefined,
    };
  }

  async #reportsOn(sessions: readonly Connected[]): Promise<SessionReport[]> {
    const found = await this.#media.sessionStats(sessions.map(({ id }) => id));
    const byId = new Map(found.map((stats) => [stats.sessionId, stats]));
    return sessions.flatMap(({ id, tag, broadcast, openedAtMs, connectedAtMs }) => {
      const stats = byId.get(id);
      if (!stats) return [];
      return [{ tag, broadcast, joinedAt: new Date(connectedAtMs), connectMs: connectedAtMs - openedAtMs, stats }];
    });
  }
}

function isConnected(session: Session): session is Connected {
  return session.connectedAtMs !== undefined;
}

/** Texts that sort as the list does, and stay the same when others come and go. */
function positionOf({ kind, openedAtMs, tag }: Session): string {
  return `${kind === 'publisher' ? 0 : 1}-${String(openedAtMs).padStart(15, '0')}-${tag}`;
}
