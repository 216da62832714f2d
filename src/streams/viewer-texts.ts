import type { MediaEvent, TextListener } from './ports.ts';
import type { Session, SessionTable } from './session-table.ts';

type TextEvent = Extract<MediaEvent, { readonly type: 'text_opened' | 'text_closed' | 'text' }>;

/** The data channels of viewers, as the listener hears of them: opened and closed in turns. */
export class ViewerTexts {
  readonly #sessions: SessionTable;
  readonly #listener: TextListener | undefined;
  readonly #open = new Set<string>();

  constructor({ sessions, listener }: { sessions: SessionTable; listener: TextListener | undefined }) {
    this.#sessions = sessions;
    this.#listener = listener;
  }

  heard(session: Session, event: TextEvent): void {
    if (event.type === 'text_opened') this.#opened(session);
    else if (event.type === 'text_closed') this.#closed(session.id);
    else if (this.#open.has(session.id)) this.#listener?.said(session.id, event.text);
  }

  #opened(session: Session): void {
    if (this.#open.has(session.id)) return;
    this.#open.add(session.id);
    this.#sessions.atEnd(session, () => this.#closed(session.id));
    this.#listener?.opened(session.id);
  }

  #closed(sessionId: string): void {
    if (this.#open.delete(sessionId)) this.#listener?.closed(sessionId);
  }
}
