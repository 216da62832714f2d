import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';
import type { EndReason, StreamStore, ViewerJoin, ViewerLeave } from './ports.ts';

// A join has better things to do than to wait for its row, and a thousand joins at once are one statement.
const GATHER_MS = 500;

/** The rows of one stream's viewers: gathered for a moment, then written together. */
export class ViewerRows {
  readonly #streamId: string;
  readonly #store: StreamStore;
  readonly #journal: Journal;
  readonly #clock: Clock;
  /** Of the viewers who are there, by session. */
  readonly #rowIds = new Map<string, string>();
  #joined: ViewerJoin[] = [];
  #left: ViewerLeave[] = [];
  #cancel: (() => void) | undefined;

  constructor(options: { streamId: string; store: StreamStore; journal: Journal; clock: Clock }) {
    this.#streamId = options.streamId;
    this.#store = options.store;
    this.#journal = options.journal;
    this.#clock = options.clock;
  }

  joined(sessionId: string): void {
    const id = randomUUID();
    this.#rowIds.set(sessionId, id);
    this.#joined.push({ id, at: this.#now() });
    this.#writeSoon();
  }

  left(sessionId: string, reason: EndReason): void {
    const id = this.#rowIds.get(sessionId);
    if (id === undefined || !this.#rowIds.delete(sessionId)) return;
    this.#left.push({ id, at: this.#now(), reason });
    this.#writeSoon();
  }

  /** Gives what was gathered to the journal; the end of the stream closes the rows of all who are there. */
  end(): void {
    this.#write();
    this.#rowIds.clear();
  }

  #writeSoon(): void {
    this.#cancel ??= this.#clock.after(GATHER_MS, () => this.#write());
  }

  #write(): void {
    const [joined, left] = [this.#joined, this.#left];
    this.#cancel?.();
    this.#cancel = undefined;
    this.#joined = [];
    this.#left = [];
    if (joined.length > 0) {
      this.#journal.write('viewers joined', () => this.#store.viewersJoined(this.#streamId, joined));
    }
    if (left.length > 0) this.#journal.write('viewers left', () => this.#store.viewersLeft(left));
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}
