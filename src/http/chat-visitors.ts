import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { User, UserStore } from '../accounts/ports.ts';
import type { Scope } from '../accounts/scopes.ts';
import type { Channels } from '../channels/channels.ts';
import type { Channel } from '../channels/ports.ts';
import type { Speaker } from '../chat/chat.ts';
import { ChatError } from '../chat/errors.ts';
import type { GuestPasses } from '../chat/guests.ts';
import type { Visitor } from '../chat/links.ts';
import type { Author } from '../chat/ports.ts';
import type { Auth } from './auth.ts';
import { HttpError } from './errors.ts';
import type { Gate } from './gate.ts';
import type { Limits } from './limits.ts';
import { chatRoleOf, type ModeratorLookup } from './permissions.ts';

const COOKIE = 'freshet_guest';
const PASS_SECONDS = 180 * 24 * 3600;

export interface ChatVisitorsOptions {
  readonly auth: Auth;
  readonly gate: Gate;
  readonly moderators: ModeratorLookup;
  readonly channels: Channels;
  readonly users: UserStore;
  readonly guests: GuestPasses;
  readonly limits: Limits;
}

/** Who a request is in the chat of a channel: an account, or a guest by the cookie he was given. */
export class ChatVisitors {
  readonly #options: ChatVisitorsOptions;

  constructor(options: ChatVisitorsOptions) {
    this.#options = options;
  }

  /** Who only reads: a token that is wrong, or not for the chat, makes him nobody. */
  async reader(c: Context, channel: Channel): Promise<Author | undefined> {
    return this.#author(c, channel, 'read').catch(nobody);
  }

  /** Throws `name_needed`, and what `Gate.accountIfAny` throws. */
  async speaker(c: Context, channel: Channel): Promise<Speaker> {
    const author = await this.#author(c, channel, 'chat');
    if (!author) throw new ChatError('name_needed', 'Say a name first, or log in.');
    return { author, address: this.address(c) };
  }

  /** Who opens a player's session with a data channel: an account, where he may chat as one; a guest says his name there. */
  async player(c: Context, channel: Channel): Promise<Visitor> {
    const author = await this.#author(c, channel, 'chat').catch(nobody);
    const account = author?.role === 'guest' ? undefined : author;
    return { channel: { id: channel.id, slug: channel.slug }, account, address: this.address(c) };
  }

  /** An account as it is on this channel. */
  async as(user: User, channel: Channel): Promise<Author> {
    return { id: user.id, name: user.name, role: await chatRoleOf(user, channel, this.#options.moderators) };
  }

  /** Somebody who wrote, with the role he has on the channel now. Throws `no_author` for an account that is gone. */
  async today(author: Author, channel: Channel): Promise<Author> {
    if (author.role === 'guest') return author;
    const user = await this.#options.users.byId(author.id);
    if (!user) throw new ChatError('no_author', 'This account is gone.');
    return this.as(user, channel);
  }

  /** By his cookie. */
  guest(c: Context): Author | undefined {
    const pass = getCookie(c, COOKIE);
    return pass === undefined ? undefined : this.#options.guests.read(pass);
  }

  /** Gives the guest a cookie with this name, under the id he has. The name is checked. */
  rename(c: Context, name: string): Author {
    const { guest, pass } = this.#options.guests.issue(name, this.guest(c)?.id);
    setCookie(c, COOKIE, pass, {
      httpOnly: true,
      sameSite: 'Lax',
      secure: this.#options.auth.isSecure(c),
      path: '/',
      maxAge: PASS_SECONDS,
    });
    return guest;
  }

  address(c: Context): string | undefined {
    return this.#options.limits.addressOf(c);
  }

  /** The channel of a message, when it may be seen. Throws `no_message`. */
  async channelOf(c: Context, channelId: string): Promise<Channel> {
    const { gate, channels } = this.#options;
    const channel = await channels.byId(channelId);
    if (channel && (await gate.maySee(c, channel, { scope: 'chat' }))) return channel;
    throw new ChatError('no_message', 'There is no such message.');
  }

  async #author(c: Context, channel: Channel, scope: Scope): Promise<Author | undefined> {
    const account = await this.#options.gate.accountIfAny(c, { scope });
    return account ? this.as(account, channel) : this.guest(c);
  }
}

/** A token that is wrong, or not for this. */
function nobody(error: unknown): undefined {
  if (error instanceof HttpError) return undefined;
  throw error;
}
