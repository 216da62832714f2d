import type { Channel } from '../channels/ports.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { GuestPasses } from './guests.ts';
import type { ChatNotice } from './notices.ts';
import type { Author } from './ports.ts';
import { isModerating } from './ranks.ts';

/** Of a message that comes in; what is longer is no message. */
const MAX_INCOMING = 4_096;
const MAX_UNANSWERED = 4;

/** Who holds a player's session. An account is one from the beginning; a guest says his name first. */
export interface Visitor {
  readonly channel: { readonly id: string; readonly slug: string };
  readonly account: Author | undefined;
  readonly address: string | undefined;
}

interface Link {
  readonly visitor: Visitor;
  author: Author | undefined;
  /** Set while its data channel is open. */
  stop: (() => void) | undefined;
  /** Of what it said, what is not done with: one after the other, as a name comes before what is said under it. */
  pending: number;
  turn: Promise<void>;
}

export interface ChatLinksOptions {
  readonly chat: Chat;
  readonly guests: GuestPasses;
  /** The channel as it is now, with its settings. */
  readonly channel: (slug: string) => Promise<Channel | undefined>;
  readonly send: (sessionIds: readonly string[], text: string) => void;
  /** What went wrong by no fault of the visitor's. */
  readonly failed: (error: unknown) => void;
}

/**
 * The chat over the data channels of players: JSON texts in the shapes of the event stream. In: `{type: 'join', name}` of
 * a guest and `{type: 'message', text}`. Out: what everybody hears, and `joined` and `refused` for the one who asked.
 */
export class ChatLinks {
  readonly #options: ChatLinksOptions;
  readonly #links = new Map<string, Link>();
  /** All who hear the same are sent it at once: by notice, those who are to get it in this turn. */
  #batch: { readonly notice: ChatNotice; readonly plain: string[]; readonly moderators: string[] } | undefined;

  constructor(options: ChatLinksOptions) {
    this.#options = options;
  }

  /** A session was opened by this visitor. Its data channel may follow. */
  admitted(sessionId: string, visitor: Visitor): void {
    this.#links.set(sessionId, {
      visitor,
      author: visitor.account,
      stop: undefined,
      pending: 0,
      turn: Promise.resolve(),
    });
  }

  /** Its data channel is open: it hears what is said from now on. */
  opened(sessionId: string): void {
    const link = this.#links.get(sessionId);
    if (!link || link.stop) return;
    const { visitor } = link;
    const hear = (notice: ChatNotice) => this.#gather(sessionId, notice);
    link.stop = this.#options.chat.read(visitor.channel.id, { hear });
    if (link.author) this.#send(sessionId, { type: 'joined', author: link.author });
  }

  /** Its data channel said something. */
  said(sessionId: string, text: string): void {
    const link = this.#links.get(sessionId);
    if (!link?.stop) return;
    if (link.pending >= MAX_UNANSWERED) return this.#refuse(sessionId, 'too_fast', 'That is a lot at once.');
    link.pending += 1;
    link.turn = link.turn
      .then(() => this.#take(sessionId, link, text))
      .finally(() => {
        link.pending -= 1;
      });
  }

  /** Its data channel is closed, and may be opened again. */
  closed(sessionId: string): void {
    const link = this.#links.get(sessionId);
    link?.stop?.();
    if (link) link.stop = undefined;
  }

  /** The session is over. Idempotent. */
  ended(sessionId: string): void {
    this.#links.get(sessionId)?.stop?.();
    this.#links.delete(sessionId);
  }

  async #take(sessionId: string, link: Link, text: string): Promise<void> {
    try {
      const said = readIncoming(text);
      if (!said) return this.#refuse(sessionId, 'bad_message', 'This is no message of the chat.');
      if (said.type === 'join') return await this.#join(sessionId, link, said.name);
      if (!link.author) return this.#refuse(sessionId, 'name_needed', 'Say a name first.');
      const { chat, channel: channelOf } = this.#options;
      const channel = await channelOf(link.visitor.channel.slug);
      if (channel) await chat.say(channel, { author: link.author, address: link.visitor.address }, said.text);
    } catch (error) {
      if (error instanceof ChatError) this.#refuse(sessionId, error.code, error.message, error.retryAfterSeconds);
      else this.#options.failed(error);
    }
  }

  async #join(sessionId: string, link: Link, rawName: string): Promise<void> {
    if (link.visitor.account) return this.#send(sessionId, { type: 'joined', author: link.visitor.account });
    const { chat, guests } = this.#options;
    const { guest } = guests.issue(await chat.guestName(rawName), link.author?.id);
    link.author = guest;
    this.#send(sessionId, { type: 'joined', author: guest });
  }

  #refuse(sessionId: string, code: string, detail: string, retryAfterSeconds?: number): void {
    this.#send(sessionId, {
      type: 'refused',
      code,
      detail,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }

  #send(sessionId: string, message: object): void {
    if (this.#links.has(sessionId)) this.#options.send([sessionId], JSON.stringify(message));
  }

  #gather(sessionId: string, notice: ChatNotice): void {
    if (this.#batch?.notice !== notice) {
      this.#flush();
      this.#batch = { notice, plain: [], moderators: [] };
      queueMicrotask(() => this.#flush());
    }
    const account = this.#links.get(sessionId)?.visitor.account;
    const isModerator = account !== undefined && isModerating(account.role);
    this.#batch?.[isModerator ? 'moderators' : 'plain'].push(sessionId);
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = undefined;
    if (!batch) return;
    const { notice, plain, moderators } = batch;
    if (plain.length > 0) this.#options.send(plain, notice.text);
    if (moderators.length > 0) this.#options.send(moderators, notice.textForModerators);
  }
}

type Incoming = { readonly type: 'join'; readonly name: string } | { readonly type: 'message'; readonly text: string };

function readIncoming(json: string): Incoming | undefined {
  if (json.length > MAX_INCOMING) return undefined;
  const value = parsed(json);
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, name, text } = value as Readonly<Record<string, unknown>>;
  if (type === 'join' && typeof name === 'string') return { type, name };
  if (type === 'message' && typeof text === 'string') return { type, text };
  return undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
