import type { SessionTable } from './session-table.ts';
import { ViewerSession } from './viewer-session.ts';

/** A text, and who is to get it. */
interface Letter {
  readonly sessionIds: readonly string[];
  readonly text: string;
}

interface TextPostOptions {
  readonly sessions: Pick<SessionTable, 'byId'>;
  readonly flush: () => void;
  /** A bug showed in sending to this viewer; the others get theirs. */
  readonly onCrash: (viewer: ViewerSession, error: unknown) => void;
}

// Sealing for one viewer takes some 20 us: media waits for no more than a few milliseconds.
const VIEWERS_AT_ONCE = 100;
const MAX_LETTERS = 1000;

/** Texts for many viewers, sent in slices with the loop free in between; each viewer gets them in order. */
export class TextPost {
  readonly #options: TextPostOptions;
  #waiting: Letter[] = [];
  #next: NodeJS.Immediate | undefined;

  constructor(options: TextPostOptions) {
    this.#options = options;
  }

  /** What comes faster than it can be sent is not sent: the chat's history has it. */
  send(sessionIds: readonly string[], text: string): void {
    if (this.#waiting.length >= MAX_LETTERS) return;
    for (let at = 0; at < sessionIds.length; at += VIEWERS_AT_ONCE) {
      this.#waiting.push({ sessionIds: sessionIds.slice(at, at + VIEWERS_AT_ONCE), text });
    }
    if (!this.#next) this.#sendOne();
  }

  close(): void {
    clearImmediate(this.#next);
    this.#waiting = [];
  }

  #sendOne(): void {
    this.#next = undefined;
    const letter = this.#waiting.shift();
    if (!letter) return;
    for (const id of letter.sessionIds) this.#deliver(id, letter.text);
    this.#options.flush();
    if (this.#waiting.length > 0) this.#next = setImmediate(() => this.#sendOne());
  }

  #deliver(sessionId: string, text: string): void {
    const session = this.#options.sessions.byId(sessionId);
    if (!(session instanceof ViewerSession)) return;
    try {
      session.texts?.send(text, performance.now());
    } catch (error) {
      this.#options.onCrash(session, error);
    }
  }
}
