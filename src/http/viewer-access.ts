import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { ChannelError } from '../channels/errors.ts';
import type { Channel, ViewerTokenRecord } from '../channels/ports.ts';
import { looksLikeJwt } from '../channels/viewer-jwt.ts';
import type { ViewerTokens } from '../channels/viewer-tokens.ts';
import type { Pass } from '../streams/passes.ts';
import { bearerOf } from './signalling.ts';

const COOKIE = 'freshet_viewer';
const SHARED_PATHS = ['/media/recordings', '/api/v1/recordings'] as const;

/** Viewer tokens as requests bring them: as a bearer, or in a cookie, for pages and whatever can not send a header. */
export class ViewerAccess {
  readonly #tokens: ViewerTokens;

  constructor(tokens: ViewerTokens) {
    this.#tokens = tokens;
  }

  /** A bearer that is meant as a viewer token, right or wrong. */
  bearer(c: Context): string | undefined {
    const bearer = bearerOf(c);
    return bearer !== undefined && looksLikeJwt(bearer) ? bearer : undefined;
  }

  cookie(c: Context, channel: Channel | undefined): string | undefined {
    return getCookie(c, COOKIE) ?? (channel && getCookie(c, cookieOf(channel.slug)));
  }

  /** What the token lets its holder watch with; the answer takes as long where there is no such channel. */
  async passOf(channel: Channel | undefined, token: string): Promise<Pass | undefined> {
    const found = await this.#tokens.authenticate(channel?.id, token);
    return found && passOf(found);
  }

  /** Keeps the token in a cookie. Throws `no_channel` unless it lets its holder see the channel. */
  async remember(c: Context, channel: Channel | undefined, { token, secure }: { token: string; secure: boolean }) {
    if (channel && channel.visibility !== 'private') return;
    const found = await this.#tokens.authenticate(channel?.id, token);
    if (!channel || !found) throw new ChannelError('no_channel', 'There is no such channel.');
    for (const { name, path } of placesOf(channel.slug)) {
      setCookie(c, name, token, { path, httpOnly: true, sameSite: 'Lax', secure, expires: found.expiresAt });
    }
  }

  forget(c: Context, slug: string): void {
    for (const { name, path } of placesOf(slug)) deleteCookie(c, name, { path });
  }
}

/** Where the channel's token is of use, and nowhere else. */
function placesOf(slug: string): { readonly name: string; readonly path: string }[] {
  // No channel is called so, and yet somebody asks: nothing of it may end the path and begin another attribute.
  const part = encodeURIComponent(slug);
  const own = [`/${part}`, `/embed/${part}`, `/whep/${part}`, `/api/v1/channels/${part}`, `/media/live/${part}`];
  // Where the path does not tell the channel, the name does: tokens of several channels stand side by side.
  const shared = /^[a-z0-9-]+$/.test(slug) ? SHARED_PATHS : [];
  return [...own.map((path) => ({ name: COOKIE, path })), ...shared.map((path) => ({ name: cookieOf(slug), path }))];
}

function cookieOf(slug: string): string {
  return `${COOKIE}_${slug}`;
}

function passOf({ id, expiresAt, maxViewers }: ViewerTokenRecord): Pass {
  return { id, expiresAt, ...(maxViewers !== null && { maxViewers }) };
}
