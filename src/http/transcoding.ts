import type { IncomingMessage, ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { RenditionError } from '../renditions/errors.ts';
import type { LayerWriter, Renditions } from '../renditions/renditions.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import { liftDeadline } from './request-deadline.ts';
import { bearerOf, requireType } from './signalling.ts';

/** Seconds of a stream. Who is further behind does not keep up, and is better off beginning anew. */
const MAX_BEHIND_BYTES = 8 * 1024 * 1024;
const LAYER_TYPE = 'video/x-ivf';

/** For transcoders alone: a live stream to read, and its renditions to give back. Each holds a token of its stream. */
export function transcodingRoutes(renditions: Renditions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get('/:id/feed', (c) => {
    const id = authorized(c);
    const { incoming, outgoing } = endsOf(c);
    const stop = renditions.feed(id, c.req.query('video') === 'keyframes', {
      write: (bytes) => {
        if (outgoing.writableLength > MAX_BEHIND_BYTES) outgoing.destroy();
        else outgoing.write(bytes);
      },
      end: () => outgoing.end(),
    });
    outgoing.once('close', stop);
    if (incoming.destroyed) stop();
    outgoing.writeHead(200, { 'Content-Type': 'video/x-matroska', 'Cache-Control': 'no-store' });
    outgoing.flushHeaders();
    return RESPONSE_ALREADY_SENT;
  });

  app.post('/:id/layers/:name{[a-z0-9]{1,16}}', async (c) => {
    const id = authorized(c);
    requireType(c, LAYER_TYPE);
    const { incoming } = endsOf(c);
    liftDeadline(incoming);
    const layer = await renditions.openLayer(id, c.req.param('name'), () => incoming.destroy());
    await writeAll(incoming, layer);
    return c.body(null, 204);
  });

  function authorized(c: Context<AppEnv>): string {
    const id = c.req.param('id') ?? '';
    if (renditions.allows(id, bearerOf(c) ?? '')) return id;
    throw new HttpError('unauthorized', 'This needs a token of the stream.');
  }

  return app;
}

/** As fast as the media thread takes it. */
async function writeAll(body: IncomingMessage, layer: LayerWriter): Promise<void> {
  try {
    for await (const bytes of body) await layer.write(bytes as Uint8Array);
  } catch (error) {
    // A transcoder that went, or was killed, has said all it had to say.
    if (error instanceof RenditionError) throw error;
  } finally {
    await layer.close();
  }
}

function endsOf(c: Context<AppEnv>): { incoming: IncomingMessage; outgoing: ServerResponse } {
  const { incoming, outgoing } = c.env;
  if (!incoming || !outgoing || !('socket' in outgoing)) throw new HttpError('not_implemented', 'HTTP/1.1 alone.');
  return { incoming, outgoing: outgoing as ServerResponse };
}
