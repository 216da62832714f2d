import type { Channel } from '../channels/ports.ts';
import type { BanBook } from './ban-book.ts';
import { ChatError } from './errors.ts';
import { Floor, type Refusal } from './floor.ts';
import { MessageIds, timeOfId } from './message-ids.ts';
import { readGuestName } from './names.ts';
import { type ChatEvent, type ChatNotice, MISSED, messageEvent, noticeOf, type Reader, Readers } from './notices.ts';
import type { Author, Message, MessagePage, MessageStore, NewMessage } from './ports.ts';
import { isModerating, mayBan, mayDelete } from './ranks.ts';
import type { TakenNames } from './taken-names.ts';
import { readMessage } from './text.ts';

/** Who comes back after more than this is sent to the history. */
const MAX_RESUMED = 200;
/** Messages of one moment may be kept in another order than they were told. */
const RESUMED_EARLIER_MS = 5_000;
const MAX_FLOORS = 1_000;

/** Who speaks, and from where: an address, or what stands for one; none is not counted. */
export interface Speaker {
  readonly author: Author;
  readonly address: string | undefined;
}

export interface ChatOptions {
  readonly messages: MessageStore;
  readonly bans: BanBook;
  readonly names: TakenNames;
  readonly now: () => number;
}

/** What people say to each other on channels. */
export class Chat {
  readonly #messages: MessageStore;
  readonly #bans: BanBook;
  readonly #names: TakenNames;
  readonly #now: () => number;
  readonly #ids = new MessageIds();
  readonly #floors = new Map<string, Floor>();
  readonly #readers = new Readers();

  constructor({ messages, bans, names, now }: ChatOptions) {
    this.#messages = messages;
    this.#bans = bans;
    this.#names = names;
    this.#now = now;
  }

  /** The message as everybody has it now. Throws `ChatError`. */
  async say(channel: Channel, { author, address }: Speaker, raw: string): Promise<NewMessage> {
    checkMode(channel, author);
    const { text, problem } = readMessage(raw);
    if (problem !== undefined) throw new ChatError('bad_message', `The message ${problem}.`);
    const slowModeMs = isModerating(author.role) ? 0 : channel.slowModeSeconds * 1000;
    const floor = this.#floor(channel.id);
    const refusal = floor.take({ authorId: author.id, address, text, slowModeMs }, this.#now());
    if (refusal) throw tooFast(refusal);

    await this.#bans.check(channel.id, { author, address });
    if (author.role === 'guest' && (await this.#names.isTaken(author.name))) throw nameTaken();
    const nowMs = this.#now();
    const message = { id: this.#ids.next(nowMs), channelId: channel.id, author, text, at: new Date(nowMs) };
    try {
      await this.#messages.add(message);
    } catch (error) {
      floor.giveBack(author.id);
      throw error;
    }
    this.#tell(channel.id, messageEvent(message));
    return message;
  }

  /** As it will be shown. Throws `bad_guest_name` and `name_taken`. */
  async guestName(raw: string): Promise<string> {
    const { name, problem } = readGuestName(raw);
    if (problem !== undefined) throw new ChatError('bad_guest_name', `The name ${problem}.`);
    if (await this.#names.isTaken(name)) throw nameTaken();
    return name;
  }

  /** Newest first. */
  history(channelId: string, page: MessagePage): Promise<readonly Message[]> {
    return this.#messages.list(channelId, page);
  }

  /** How long slow mode keeps this author silent. */
  slowModeWaitMs(channel: Channel, author: Author): number {
    if (isModerating(author.role)) return 0;
    return this.#floor(channel.id).slowModeWaitMs(author.id, channel.slowModeSeconds * 1000, this.#now());
  }

  /** The returned function takes the reader off again. */
  read(channelId: string, reader: Reader): () => void {
    return this.#readers.add(channelId, reader);
  }

  /** What was said and deleted since the message that a reader heard last; some of it he may know. */
  async missed(channelId: string, lastId: string): Promise<readonly ChatNotice[]> {
    const last = timeOfId(lastId);
    if (!last) return [MISSED];
    const from = new Date(last.getTime() - RESUMED_EARLIER_MS);
    const found = await this.#messages.since(channelId, from, MAX_RESUMED + 1);
    if (found.length > MAX_RESUMED) return [MISSED];
    return found.map((message) =>
      noticeOf(message.deletion ? { type: 'deleted', id: message.id, by: message.deletion.by } : messageEvent(message)),
    );
  }

  /** Throws `no_message`. */
  async message(id: string): Promise<Message> {
    const message = await this.#messages.byId(id);
    if (!message || message.deletion) throw new ChatError('no_message', 'There is no such message.');
    return message;
  }

  /** His own everybody may. Throws `no_message` and `not_yours_to_moderate`. */
  async delete(message: Message, actor: Author): Promise<void> {
    if (message.author.id !== actor.id && !mayDelete(actor.role, message.author.role)) throw notYours();
    const deletion = { at: new Date(this.#now()), by: actor.name };
    if (!(await this.#messages.delete(message.id, deletion))) {
      throw new ChatError('no_message', 'There is no such message.');
    }
    this.#tell(message.channelId, { type: 'deleted', id: message.id, by: actor.name });
  }

  /** All of one author. Throws `no_author` and `not_yours_to_moderate`. */
  async clear(channelId: string, authorId: string, actor: Author): Promise<void> {
    const { author } = await this.#lastOf(channelId, authorId);
    if (!mayDelete(actor.role, author.role)) throw notYours();
    await this.#messages.deleteOf(channelId, authorId, { at: new Date(this.#now()), by: actor.name });
    this.#tell(channelId, { type: 'cleared', authorId, by: actor.name });
  }

  /** Throws `no_author` where nobody of this id ever wrote on the channel. */
  async author(channelId: string, authorId: string): Promise<Author> {
    return (await this.#lastOf(channelId, authorId)).author;
  }

  /** `seconds`: none is for ever. `target` with the role he has now. Throws `not_yours_to_moderate`. */
  async ban(
    channelId: string,
    { target, actor, seconds, reason }: { target: Author; actor: Author; seconds: number | undefined; reason: string },
  ) {
    if (!mayBan(actor.role, target.role)) throw notYours();
    const ban = await this.#bans.put(channelId, { target, by: actor.name, seconds, reason });
    const until = ban.expiresAt?.toISOString() ?? null;
    this.#tell(channelId, { type: 'banned', authorId: target.id, until, by: actor.name });
    return ban;
  }

  /** Throws `no_ban`. */
  async unban(channelId: string, banId: string, actor: Author): Promise<void> {
    const { person } = await this.#bans.lift(channelId, banId);
    this.#tell(channelId, { type: 'unbanned', authorId: person.id, by: actor.name });
  }

  channelChanged({ id, chat, slowModeSeconds, chatLinks }: Channel): void {
    this.#tell(id, { type: 'settings', chat, slowModeSeconds, chatLinks });
  }

  #tell(channelId: string, event: ChatEvent): void {
    this.#readers.tell(channelId, noticeOf(event));
  }

  async #lastOf(channelId: string, authorId: string): Promise<Message> {
    const last = await this.#messages.lastOf(channelId, authorId);
    if (!last) throw new ChatError('no_author', 'Nobody of this id has written here.');
    return last;
  }

  #floor(channelId: string): Floor {
    const found = this.#floors.get(channelId);
    if (found) return found;
    if (this.#floors.size >= MAX_FLOORS) this.#forgetIdleFloors();
    const floor = new Floor();
    this.#floors.set(channelId, floor);
    return floor;
  }

  #forgetIdleFloors(): void {
    for (const [id, floor] of this.#floors) if (floor.isIdle(this.#now())) this.#floors.delete(id);
  }
}

function checkMode({ chat }: Channel, { role }: Author): void {
  if (chat === 'off') throw new ChatError('chat_off', 'The chat of this channel is off.');
  if (chat === 'accounts' && role === 'guest') {
    throw new ChatError('accounts_only', 'Only people with an account may write here: log in first.');
  }
}

function tooFast({ why, waitMs }: Refusal): ChatError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  const wait = `${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}`;
  const words = {
    slow_mode: `Slow mode is on: you can write again in ${wait}.`,
    repeated: `You wrote the same a moment ago. Wait ${wait}, or say something else.`,
    too_many: `That is a lot at once: you can write again in ${wait}.`,
  };
  return new ChatError('too_fast', words[why], { retryAfterSeconds });
}

function nameTaken(): ChatError {
  return new ChatError('name_taken', 'Somebody with an account has this name, or one that looks like it.');
}

function notYours(): ChatError {
  return new ChatError('not_yours_to_moderate', 'You may not do this to this person.');
}
