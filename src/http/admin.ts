import { Readable } from 'node:stream';
import { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Accounts } from '../accounts/accounts.ts';
import type { Channels } from '../channels/channels.ts';
import type { Channel } from '../channels/ports.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import { adminPeopleRoutes } from './admin-people.ts';
import { channelView } from './api/schemas.ts';
import type { AppEnv } from './env.ts';
import { problemResponse } from './errors.ts';

const PAGE = 100;

export interface AdminOptions extends Pick<Accounts, 'setUp' | 'people' | 'users'> {
  /** What the world is served, which is served here too. */
  readonly app: Hono<AppEnv>;
  readonly adminToken: string;
  readonly channels: Channels;
  readonly streams: StreamRegistry;
  /** The site's address. */
  readonly url: URL;
  readonly backup: () => AsyncIterable<Uint8Array>;
  readonly log: Logger;
}

/**
 * What `npm run admin` asks over the socket in DATA_DIR. Who can open that socket is the server's own user: he is handed
 * the token that makes him the administrator.
 */
export function adminApp(options: AdminOptions): Hono<AppEnv> {
  const { app, adminToken, setUp, channels, streams, url, backup, log } = options;
  const admin = new Hono<AppEnv>();
  admin.onError((error, c) => problemResponse(c, error, log));
  admin.get('/admin/token', (c) => c.json({ token: adminToken, url: url.origin }));
  admin.get('/admin/setup-link', async (c) => {
    const token = await setUp.token();
    return c.json({ url: token === undefined ? null : new URL(`/setup?token=${token}`, url).href });
  });
  admin.get('/admin/channels', async (c) => {
    const all: ReturnType<typeof view>[] = [];
    for (let after: string | undefined; ; ) {
      const page = await channels.list({ limit: PAGE, ...(after !== undefined && { after }) });
      all.push(...page.map(view));
      after = page.at(-1)?.id;
      if (page.length < PAGE) return c.json({ channels: all });
    }
  });
  admin.get('/admin/backup', () => new Response(Readable.toWeb(Readable.from(backup())) as ReadableStream));
  admin.route('/admin', adminPeopleRoutes(options));
  admin.all('*', (c) => app.fetch(c.req.raw, c.env));
  return admin;

  function view(channel: Channel) {
    const { slug, title, visibility, createdAt } = channel;
    const {
      state = 'offline',
      viewers = 0,
      startedAt = null,
    } = channelView(channel, streams.live(channel.id)).live ?? {};
    return { slug, title, visibility, createdAt, state, viewers, startedAt };
  }
}
