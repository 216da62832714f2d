import { type Context, Hono } from 'hono';
import { thumbnailKey } from '../storage/keys.ts';
import type { Storage } from '../storage/ports.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import type { AppEnv } from './env.ts';
import type { Gate } from './gate.ts';
import { sendStored } from './stored-file.ts';

interface LiveMediaOptions {
  readonly gate: Gate;
  readonly streams: StreamRegistry;
  readonly storage: Storage;
}

/** What is made of a stream while it lasts; gone with it. */
export function liveMediaRoutes({ gate, streams, storage }: LiveMediaOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get('/:slug/thumbnail.webp', async (c) => {
    const channel = await gate.visibleChannel(c, c.req.param('slug'), { scope: 'read' });
    const { stream } = streams.live(channel.id);
    const key = stream && thumbnailKey(stream.id);
    if (key === null || !(await storage.head(key))) return noneNow(c);
    const cache = channel.visibility === 'private' ? 'private, no-store' : 'public, max-age=2';
    return sendStored(c, storage, { key, cache });
  });

  return app;
}

/** Before the first one, after the last, and where no transcoder runs: no fault that a browser is to complain of. */
function noneNow(c: Context<AppEnv>): Response {
  c.header('Cache-Control', 'no-store');
  return c.body(null, 204);
}
