import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { ApiTokens } from '../accounts/api-tokens.ts';
import { deviceOf } from '../accounts/device.ts';
import { type Login, SESSION_SECONDS } from '../accounts/login.ts';
import type { User } from '../accounts/ports.ts';
import { isSameSecret } from '../secrets.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import type { Identity } from './permissions.ts';
import { bearerOf } from './signalling.ts';

const COOKIE = 'freshet_session';
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface AuthOptions {
  readonly login: Login;
  readonly apiTokens: ApiTokens;
  readonly adminToken: string | undefined;
  readonly publicUrl: URL | undefined;
}

/** Who asks: by API token or by the site's session cookie. What he may is the gate's to say. */
export class Auth {
  readonly #login: Login;
  readonly #apiTokens: ApiTokens;
  readonly #adminToken: string | undefined;
  readonly #publicUrl: URL | undefined;
  /** Looked up once for each request. */
  readonly #found = new WeakMap<Context, Promise<Identity | undefined>>();

  constructor({ login, apiTokens, adminToken, publicUrl }: AuthOptions) {
    this.#login = login;
    this.#apiTokens = apiTokens;
    this.#adminToken = adminToken;
    this.#publicUrl = publicUrl;
  }

  /** `undefined` for an anonymous request; throws `unauthorized` for a token that is wrong. A stale cookie is no token at all. */
  identify(c: Context): Promise<Identity | undefined> {
    const found = this.#found.get(c) ?? this.#identify(c);
    this.#found.set(c, found);
    return found;
  }

  /** As `identify`, without what was found before. */
  identifyAnew(c: Context): Promise<Identity | undefined> {
    this.#found.delete(c);
    return this.identify(c);
  }

  async #identify(c: Context): Promise<Identity | undefined> {
    if (c.req.header('authorization') === undefined) {
      const cookie = getCookie(c, COOKIE);
      const found = cookie === undefined ? undefined : await this.#login.authenticate(cookie);
      return found && { kind: 'login', ...found };
    }
    const token = bearerOf(c) ?? '';
    if (this.#adminToken !== undefined && isSameSecret(token, this.#adminToken)) return { kind: 'admin' };
    const found = await this.#apiTokens.authenticate(token);
    if (!found) throw new HttpError('unauthorized', 'The API token is not valid.');
    return { kind: 'token', ...found };
  }

  /** Throws `unauthorized`. */
  async required(c: Context): Promise<Identity> {
    const identity = await this.identify(c);
    if (!identity) throw new HttpError('unauthorized', 'This needs an API token or a login.');
    return identity;
  }

  /** Of a user who has proven himself just now. */
  async logIn(c: Context, user: User): Promise<void> {
    const token = await this.#login.open(user, deviceOf(c.req.header('user-agent') ?? ''));
    setCookie(c, COOKIE, token, {
      httpOnly: true,
      sameSite: 'Lax',
      secure: this.isSecure(c),
      path: '/',
      maxAge: SESSION_SECONDS,
    });
  }

  async closeSession(c: Context): Promise<void> {
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

  #isForeign(c: Context): boolean {
    const site = c.req.header('sec-fetch-site');
    if (site !== undefined) return site !== 'same-origin';
    const origin = c.req.header('origin');
    return origin !== undefined && origin !== this.origin(c);
  }

  isSecure(c: Context): boolean {
    return this.origin(c).startsWith('https:');
  }

  /** Where the site is, as who asks sees it. */
  origin(c: Context): string {
    return this.#publicUrl?.origin ?? new URL(c.req.url).origin;
  }
}
