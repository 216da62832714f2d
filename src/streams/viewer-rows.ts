import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';
import { believable, type PlayReport } from './play-report.ts';
import type { EndReason, StreamStore, ViewerJoin, ViewerLeave } from './ports.ts';
import { type Visitor, VisitorMarks } from './visitors.ts';

// A join has better things to do than to wait for its row, and a thousand joins at once are one statement.
const GATHER_MS = 500;

interface Row {
  readonly id: string;
  readonly joinedMs: number;
  /** He came before the stream began, and his player has counted since then. */
  readonly hasWaited: boolean;
  /** What it had counted by the first time it was heard. */
  base?: Pick<PlayReport, 'stalls' | 'stalledMs'>;
  played?: PlayReport;
}

interface Present {
  readonly visitor: Visitor | undefined;
  row?: Row;
}

/** The rows of one stream's viewers: gathered for a moment, then written together. */
export class ViewerRows {
  readonly #streamId: string;
  readonly #store: StreamStore;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #marks = new VisitorMarks();
  /** By session, like the rest. */
  readonly #present = new Map<string, Present>();
  /** Who just went, and may have a last word. */
  readonly #leaving = new Map<string, Row>();
  /** Those of whom something is known that is not written. */
  readonly #told = new Set<Row>();
  #hasBegun = false;
  #joined: ViewerJoin[] = [];
  #left: ViewerLeave[] = [];
  #cancel: (() => void) | undefined;

  constructor(options: { streamId: string; store: StreamStore; journal: Journal; clock: Clock }) {
    this.#streamId = options.streamId;
    this.#store = options.store;
    this.#journal = options.journal;
    this.#clock = options.clock;
  }

  /** Who comes before the stream begins has no row until then. */
  arrived(sessionId: string, visitor: Visitor | undefined): void {
    const present: Present = { visitor };
    this.#present.set(sessionId, present);
    if (this.#hasBegun) this.#join(present, false);
  }

  begin(): void {
    this.#hasBegun = true;
    for (const present of this.#present.values()) this.#join(present, true);
  }

  left(sessionId: string, reason: EndReason): void {
    const row = this.#present.get(sessionId)?.row;
    this.#present.delete(sessionId);
    if (!row) return;
    this.#leaving.set(sessionId, row);
    this.#left.push({ id: row.id, at: this.#now(), reason });
    this.#writeSoon();
  }

  /** Of one without a row nothing is noted. */
  played(sessionId: string, report: PlayReport): void {
    const row = this.#present.get(sessionId)?.row ?? this.#leaving.get(sessionId);
    if (!row) return;
    row.played = believable(sinceJoined(row, report), row.played, this.#clock.now() - row.joinedMs);
    this.#told.add(row);
  }

  /** Gives what was gathered to the journal. */
  write(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const [joined, left] = [this.#joined, this.#left];
    const played = [...this.#told].flatMap(({ id, played }) => (played ? [{ id, ...played }] : []));
    this.#joined = [];
    this.#left = [];
    this.#told.clear();
    this.#leaving.clear();
    if (joined.length > 0) {
      this.#journal.write('viewers joined', () => this.#store.viewersJoined(this.#streamId, joined));
    }
    if (played.length > 0) this.#journal.write('viewers played', () => this.#store.viewersPlayed(played));
    if (left.length > 0) this.#journal.write('viewers left', () => this.#store.viewersLeft(left));
  }

  /** The end of the stream closes the rows of all who are there. */
  end(): void {
    this.write();
    this.#present.clear();
  }

  #join(present: Present, hasWaited: boolean): void {
    const id = randomUUID();
    const { visitor } = present;
    present.row = { id, joinedMs: this.#clock.now(), hasWaited };
    const about = visitor && { mark: this.#marks.of(visitor), client: visitor.client };
    this.#joined.push({ id, at: this.#now(), ...about });
    this.#writeSoon();
  }

  #writeSoon(): void {
    this.#cancel ??= this.#clock.after(GATHER_MS, () => this.write());
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

/** Without what was waited and counted before the stream began. */
function sinceJoined(row: Row, report: PlayReport): PlayReport {
  if (!row.hasWaited) return report;
  row.base ??= report;
  const { stalls, stalledMs } = row.base;
  return { ...report, joinMs: undefined, stalls: report.stalls - stalls, stalledMs: report.stalledMs - stalledMs };
}
