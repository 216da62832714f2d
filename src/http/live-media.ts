import { Hono } from 'hono';
import { thumbnailKey } from '../storage/keys.ts';
import type { Storage } from '../storage/ports.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
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
    if (!stream) throw new HttpError('not_found', 'The channel is not live.');
    const cache = channel.visibility === 'private' ? 'private, no-store' : 'public, max-age=2';
    return sendStored(c, storage, { key: thumbnailKey(stream.id), cache });
  });

  return app;
}
