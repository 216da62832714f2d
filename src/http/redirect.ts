import type { Context } from 'hono';
import { StreamError } from '../streams/errors.ts';
import type { AppEnv } from './env.ts';

export interface RedirectOptions {
  /** Addresses in which `{channel}` stands for the channel's name. */
  readonly whip?: string;
  readonly whep?: string;
  /** `full`: only what this server has no room for. */
  readonly when: 'full' | 'always';
}

/** A request that says so was sent here by another server: it is served here or refused, so none ever goes round in circles. */
const MARK = 'redirected';

/**
 * Takes a POST here, or points it elsewhere. By 307, as RFC 9725 section 4.5 wants it: the offer and its token are sent
 * again. The caller has made sure before that whoever asks may have the channel.
 */
export function hereOrElsewhere(
  { whip, whep, when, publicUrl }: RedirectOptions & { readonly publicUrl: URL | undefined },
  kind: 'whip' | 'whep',
): (c: Context<AppEnv>, slug: string, open: () => Promise<Response>) => Promise<Response> {
  const template = kind === 'whip' ? whip : whep;
  return async (c, slug, open) => {
    if (c.req.query(MARK) !== undefined) return atOrigin(await open(), publicUrl ?? new URL(c.req.url));
    if (template === undefined || isOwnPage(c)) return open();
    if (when === 'always') return pointTo(c, template, slug);
    try {
      return await open();
    } catch (error) {
      if (error instanceof StreamError && error.code === 'at_capacity') return pointTo(c, template, slug);
      throw error;
    }
  };
}

/** The pages of the site may talk to their own server only, and a browser would keep the token to itself. */
function isOwnPage(c: Context<AppEnv>): boolean {
  return c.req.header('sec-fetch-site') === 'same-origin';
}

/** GStreamer's client takes a path for one of the server that it asked first. */
function atOrigin(response: Response, { origin }: URL): Response {
  const location = response.headers.get('location');
  if (location !== null) response.headers.set('location', new URL(location, origin).href);
  return response;
}

function pointTo(c: Context<AppEnv>, template: string, slug: string): Response {
  const url = new URL(template.replaceAll('{channel}', slug));
  url.searchParams.set(MARK, '1');
  return c.body(null, 307, { Location: url.href, 'Content-Length': '0', 'Cache-Control': 'no-store' });
}
