import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { z } from 'zod';
import type { Channels } from '../channels/channels.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import type { Limits } from './limits.ts';

const DEFAULT_WIDTH = 640;
const SHAPE = 9 / 16;

const size = z.coerce.number().int().min(1).max(10_000).optional();
const query = z.object({ url: z.url(), maxwidth: size, maxheight: size, format: z.string().optional() });

export interface OEmbedOptions {
  readonly channels: Channels;
  readonly limits: Limits;
  readonly publicUrl: URL | undefined;
}

/** oEmbed 1.0: what a page that was given the link of a channel may put in the link's place. */
export function oEmbedRoutes({ channels, limits, publicUrl }: OEmbedOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(cors({ origin: '*', allowMethods: ['GET', 'HEAD'] }));

  app.get('/', async (c) => {
    await limits.count(c, 'api');
    const parsed = query.safeParse(c.req.query());
    if (!parsed.success) throw new HttpError('bad_request', 'This takes url, maxwidth, maxheight and format.');
    const { url, maxwidth, maxheight, format = 'json' } = parsed.data;
    if (format !== 'json') throw new HttpError('not_implemented', 'There is no other format than json.');

    const origin = publicUrl?.origin ?? new URL(c.req.url).origin;
    const channel = await channels.bySlug(slugIn(new URL(url), origin) ?? '');
    if (!channel || channel.visibility === 'private') throw new HttpError('not_found', 'There is no such channel.');

    const width = Math.min(DEFAULT_WIDTH, maxwidth ?? Infinity, Math.floor((maxheight ?? Infinity) / SHAPE));
    const height = Math.round(width * SHAPE);
    c.header('Cache-Control', 'public, max-age=300');
    return c.json({
      version: '1.0',
      type: 'video',
      provider_name: 'Freshet',
      provider_url: origin,
      title: channel.title,
      author_name: channel.title,
      author_url: `${origin}/${channel.slug}`,
      cache_age: 300,
      width,
      height,
      html: iframe(`${origin}/embed/${channel.slug}`, channel.title, width, height),
    });
  });

  return app;
}

/** Of a channel's page, or of its player. */
function slugIn(url: URL, origin: string): string | undefined {
  if (url.origin !== origin) return undefined;
  return /^\/(?:embed\/)?([a-z0-9-]+)\/?$/.exec(url.pathname)?.[1];
}

function iframe(src: string, title: string, width: number, height: number): string {
  const allow = 'autoplay; fullscreen; picture-in-picture';
  return `<iframe src="${src}" width="${width}" height="${height}" title="${escaped(title)}" allow="${allow}" allowfullscreen style="border:0"></iframe>`;
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
