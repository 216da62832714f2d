import { type Context, Hono } from 'hono';
import type { Logger } from 'pino';
import { ChannelError } from '../channels/errors.ts';
import type { Channel, StreamKeyRecord } from '../channels/ports.ts';
import type { StreamKeys } from '../channels/stream-keys.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import type { Admission } from './admission.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import type { TurnOptions } from './ice-servers.ts';
import type { Limits } from './limits.ts';
import { hereOrElsewhere, type RedirectOptions } from './redirect.ts';
import {
  answerCreated,
  answerOptions,
  bearerOf,
  limitSignalling,
  openToAllOrigins,
  requireType,
  SDP,
  sessionRoutes,
} from './signalling.ts';

export interface WhipOptions {
  readonly streams: StreamRegistry;
  readonly streamKeys: StreamKeys;
  readonly limits: Limits;
  readonly admit: Admission;
  readonly turn: TurnOptions | undefined;
  readonly redirect: RedirectOptions;
  readonly publicUrl: URL | undefined;
  readonly log: Logger;
}

interface Publishing {
  readonly secret: string;
  readonly key: StreamKeyRecord;
  readonly channel: Channel;
}

/** WHIP, RFC 9725. The key says the channel. Checks go from the cheap to the costly, and the body comes last. */
export function whipRoutes({
  streams,
  streamKeys,
  limits,
  admit,
  turn,
  redirect,
  publicUrl,
  log,
}: WhipOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const take = hereOrElsewhere({ ...redirect, publicUrl }, 'whip');
  app.use(openToAllOrigins);
  app.options('/', answerOptions);
  app.get('/', (c) => c.body(null, 204));

  app.post('/', async (c, next) => {
    await limits.count(c, 'signalling');
    await limits.check(c, 'badKey');
    if (bearerOf(c) === undefined) {
      throw new HttpError('unauthorized', 'Publishing needs a stream key, sent as a bearer token.');
    }
    requireType(c, SDP);
    await next();
  });

  app.post('/', limitSignalling, async (c) => {
    const secret = bearerOf(c) ?? '';
    const { key, channel } = await streamKeys.authenticate(secret).catch(async (error: unknown) => {
      if (error instanceof ChannelError) await limits.count(c, 'badKey');
      throw error;
    });
    await limits.countPublish(key.id);
    return take(c, channel.slug, () => begin(c, { secret, key, channel }));
  });

  async function begin(c: Context<AppEnv>, { secret, key, channel }: Publishing): Promise<Response> {
    await admit(c, { action: 'publish', channel: channel.slug, keyId: key.id });
    const session = await streams.publish({ channel, offer: await c.req.text(), key });
    streamKeys.used(secret).then(
      // A body may take half a minute to come, long enough to change or revoke the key, or to delete the channel.
      (now) => (now ? streams.keys.changed(channel.id, now) : streams.keys.cameTooLate(session.sessionId)),
      (error: unknown) => log.warn({ err: error }, 'use of a key was not noted'),
    );
    return answerCreated(c, session, { path: '/whip/sessions', turn });
  }

  return app.route('/sessions', sessionRoutes('publisher', streams, limits));
}
