import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { ApiTokens } from '../accounts/api-tokens.ts';
import { AccountError } from '../accounts/errors.ts';
import { type Login, SESSION_SECONDS } from '../accounts/login.ts';
import type { User, UserStore } from '../accounts/ports.ts';
import type { Channels } from '../channels/channels.ts';
import { ChannelError } from '../channels/errors.ts';
import type { Channel } from '../channels/ports.ts';
import { isSameSecret } from '../secrets.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import { type Identity, mayAdminister, mayManage, mayPublish, maySee } from './permissions.ts';
import { bearerOf } from './signalling.ts';

const COOKIE = 'freshet_session';
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface AuthOptions {
  readonly login: Login;
  readonly apiTokens: ApiTokens;
  readonly users: UserStore;
  readonly adminToken: string | undefined;
  readonly publicUrl: URL | undefined;
}

/** Who asks, and whether they may: by API token or by the site's session cookie. */
export class Auth {
  readonly #login: Login;
  readonly #apiTokens: ApiTokens;
  readonly #users: UserStore;
  readonly #adminToken: string | undefined;
  readonly #publicUrl: URL | undefined;

  constructor({ login, apiTokens, users, adminToken, publicUrl }: AuthOptions) {
    this.#login = login;
    this.#apiTokens = apiTokens;
    this.#users = users;
    this.#adminToken = adminToken;
    this.#publicUrl = publicUrl;
  }

  /** `undefined` for an anonymous request; throws `unauthorized` for a token that is wrong. A stale cookie is no token at all. */
  async identify(c: Context<AppEnv>): Promise<Identity | undefined> {
    if (c.req.header('authorization') === undefined) {
      const cookie = getCookie(c, COOKIE);
      const user = cookie === undefined ? undefined : await this.#login.userOf(cookie);
      return user && { kind: 'user', user };
    }
    const token = bearerOf(c) ?? '';
    if (this.#adminToken !== undefined && isSameSecret(token, this.#adminToken)) return { kind: 'admin' };
    const user = await this.#apiTokens.userOf(token);
    if (!user) throw new HttpError('unauthorized', 'The API token is not valid.');
    return { kind: 'user', user };
  }

  /** Throws `unauthorized`. */
  async required(c: Context<AppEnv>): Promise<Identity> {
    const identity = await this.identify(c);
    if (!identity) throw new HttpError('unauthorized', 'This needs an API token or a login.');
    return identity;
  }

  /** The account that acts. The administrator's token acts for the owner; throws `not_set_up` while there is none. */
  async account(c: Context<AppEnv>): Promise<User> {
    const identity = await this.required(c);
    const user = identity.kind === 'user' ? identity.user : await this.#users.owner();
    if (!user) throw new AccountError('not_set_up', 'This server has no owner yet: set it up first.');
    return user;
  }

  /** Only the server's owner and the administrator's token get by. Throws `unauthorized` and `forbidden`. */
  async requireOwner(c: Context<AppEnv>): Promise<void> {
    if (!mayAdminister(await this.required(c))) {
      throw new HttpError('forbidden', "This is for the server's owner.");
    }
  }

  /** The account that acts, when it may have channels. Throws `forbidden`. */
  async publishingAccount(c: Context<AppEnv>): Promise<User> {
    const user = await this.account(c);
    if (!mayPublish(user)) throw new HttpError('forbidden', 'This account may not have channels.');
    return user;
  }

  /** What everybody may see is seen with a wrong token too. */
  async maySee(c: Context<AppEnv>, channel: Channel): Promise<boolean> {
    return maySee(undefined, channel) || maySee(await this.identify(c), channel);
  }

  /** Throws `no_channel` for one that is not there and for one that may not be seen: who asks cannot tell them apart. */
  async visibleChannel(c: Context<AppEnv>, channels: Channels, slug: string): Promise<Channel> {
    const channel = await channels.bySlug(slug);
    if (channel && (await this.maySee(c, channel))) return channel;
    throw new ChannelError('no_channel', 'There is no such channel.');
  }

  /** Throws `unauthorized`, `no_channel` and, where the channel is no secret, `forbidden`. */
  async managedChannel(c: Context<AppEnv>, channels: Channels, slug: string): Promise<Channel> {
    const identity = await this.required(c);
    const channel = await channels.bySlug(slug);
    if (!channel || !maySee(identity, channel)) throw new ChannelError('no_channel', 'There is no such channel.');
    if (!mayManage(identity, channel)) throw new HttpError('forbidden', 'This channel belongs to somebody else.');
    return channel;
  }

  openSession(c: Context<AppEnv>, token: string): void {
    setCookie(c, COOKIE, token, {
      httpOnly: true,
      sameSite: 'Lax',
      secure: this.#origin(c).startsWith('https:'),
      path: '/',
      maxAge: SESSION_SECONDS,
    });
  }

  async closeSession(c: Context<AppEnv>): Promise<void> {
    const cookie = getCookie(c, COOKIE);
    if (cookie !== undefined) await this.#login.logout(cookie);
    deleteCookie(c, COOKIE, { path: '/' });
  }

  /**
   * Against forged requests: what changes something and is not sent with a token must come from our own pages. Every
   * browser says where a request comes from; a client that says nothing is no browser, so nobody can misuse its cookie.
   */
  readonly sameOrigin: MiddlewareHandler<AppEnv> = async (c, next) => {
    if (!SAFE_METHODS.has(c.req.method) && c.req.header('authorization') === undefined && this.#isForeign(c)) {
      throw new HttpError('cross_site', 'This request comes from another site.');
    }
    await next();
  };

  #isForeign(c: Context<AppEnv>): boolean {
    const site = c.req.header('sec-fetch-site');
    if (site !== undefined) return site !== 'same-origin';
    const origin = c.req.header('origin');
    return origin !== undefined && origin !== this.#origin(c);
  }

  #origin(c: Context<AppEnv>): string {
    return this.#publicUrl?.origin ?? new URL(c.req.url).origin;
  }
}
