import type { ChatAuthor, ChatMessage } from './messages.ts';

/** What stands in the panel: a message as the server has it, or one of one's own on its way there. */
export interface ChatEntry {
  readonly key: string;
  /** Absent while it is on its way. */
  readonly id?: string;
  readonly author: ChatAuthor;
  readonly text: string;
  readonly at: string;
  readonly state: 'said' | 'sending' | 'failed';
  /** Why it failed. */
  readonly problem?: string;
  /** Who deleted it; moderators still see it. */
  readonly deletedBy?: string;
}

/** A page holds no more: who wants to read further back asks the server. */
const MAX_ENTRIES = 500;

export type ChatLog = readonly ChatEntry[];

/** Every message once and in order, those that are on their way last. */
export function withMessages(log: ChatLog, messages: readonly ChatMessage[]): ChatLog {
  const known = new Set(log.map(({ id }) => id));
  const fresh = messages.filter(({ id }) => !known.has(id));
  const said = [...log.filter(({ id }) => id !== undefined), ...fresh.map(entryOf)].toSorted(byTime);
  const unsaid = log.filter((entry) => entry.id === undefined && !fresh.some((message) => isSame(entry, message)));
  return [...said, ...unsaid].slice(-MAX_ENTRIES);
}

export function withPending(
  log: ChatLog,
  entry: { key: string; author: ChatAuthor; text: string; at: string },
): ChatLog {
  return [...log.filter(({ key }) => key !== entry.key), { ...entry, state: 'sending' as const }].slice(-MAX_ENTRIES);
}

export function withFailure(log: ChatLog, key: string, problem: string): ChatLog {
  return log.map((entry) => (entry.key === key ? { ...entry, state: 'failed' as const, problem } : entry));
}

export function without(log: ChatLog, isGone: (entry: ChatEntry) => boolean): ChatLog {
  return log.filter((entry) => !isGone(entry));
}

/** For moderators: it stays, and says who did it. */
export function withDeletion(log: ChatLog, isDeleted: (entry: ChatEntry) => boolean, by: string): ChatLog {
  return log.map((entry) => (entry.id !== undefined && isDeleted(entry) ? { ...entry, deletedBy: by } : entry));
}

function entryOf({ id, author, text, at, deletion }: ChatMessage): ChatEntry {
  return { key: id, id, author, text, at, state: 'said', ...(deletion && { deletedBy: deletion.by }) };
}

/** One's own may be heard before its sending is answered. */
function isSame(entry: ChatEntry, { author, text }: ChatMessage): boolean {
  return entry.state === 'sending' && entry.author.id === author.id && squeezed(entry.text) === squeezed(text);
}

const squeezed = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim();

/** Ids begin with the time. */
function byTime({ id: a = '' }: ChatEntry, { id: b = '' }: ChatEntry): number {
  return a < b ? -1 : Number(a > b);
}
