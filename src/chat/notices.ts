import type { ChatSettings } from '../channels/ports.ts';
import type { Message, NewMessage } from './ports.ts';

/** What everybody hears who reads a channel's chat, as JSON. `by` is for moderators. */
export type ChatEvent =
  | {
      readonly type: 'message';
      readonly id: string;
      readonly author: Message['author'];
      readonly text: string;
      readonly at: string;
    }
  | { readonly type: 'deleted'; readonly id: string; readonly by?: string }
  | { readonly type: 'cleared'; readonly authorId: string; readonly by?: string }
  | ({ readonly type: 'settings' } & ChatSettings)
  | { readonly type: 'banned'; readonly authorId: string; readonly until: string | null; readonly by?: string }
  | { readonly type: 'unbanned'; readonly authorId: string; readonly by?: string }
  /** Some were not told: the history has them. */
  | { readonly type: 'missed' };

/** One event as its readers get it: written once, however many they are. */
export interface ChatNotice {
  /** Where a reader goes on from who comes back; only what is kept has one. */
  readonly id: string | undefined;
  readonly text: string;
  /** With who did it. */
  readonly textForModerators: string;
}

export function noticeOf(event: ChatEvent): ChatNotice {
  const { by: _, ...plain } = { by: undefined, ...event };
  const text = JSON.stringify(plain);
  return {
    id: event.type === 'message' ? event.id : undefined,
    text,
    textForModerators: 'by' in event ? JSON.stringify(event) : text,
  };
}

export function messageEvent({ id, author, text, at }: NewMessage): ChatEvent {
  return { type: 'message', id, author, text, at: at.toISOString() };
}

export const MISSED = noticeOf({ type: 'missed' });

export interface Reader {
  readonly hear: (notice: ChatNotice) => void;
}

/** Who reads the chat of which channel. */
export class Readers {
  readonly #byChannel = new Map<string, Set<Reader>>();

  /** The returned function takes the reader off again. */
  add(channelId: string, reader: Reader): () => void {
    const readers = this.#byChannel.get(channelId) ?? new Set();
    this.#byChannel.set(channelId, readers.add(reader));
    return () => {
      readers.delete(reader);
      if (readers.size === 0 && this.#byChannel.get(channelId) === readers) this.#byChannel.delete(channelId);
    };
  }

  tell(channelId: string, notice: ChatNotice): void {
    for (const reader of this.#byChannel.get(channelId) ?? []) reader.hear(notice);
  }
}
