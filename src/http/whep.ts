import { type Context, Hono } from 'hono';
import type { Channel } from '../channels/ports.ts';
import { SdpError } from '../sdp/sdp-error.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import type { Caller } from '../streams/visitors.ts';
import type { Admission } from './admission.ts';
import { addressBlock, clientAddress } from './client-address.ts';
import type { AppEnv } from './env.ts';
import type { Gate } from './gate.ts';
import type { TurnOptions } from './ice-servers.ts';
import type { Limits } from './limits.ts';
import { hereOrElsewhere, type RedirectOptions } from './redirect.ts';
import {
  answerCreated,
  answerOffered,
  answerOptions,
  emptyOk,
  limitSignalling,
  openToAllOrigins,
  requireType,
  SDP,
  sessionRoutes,
} from './signalling.ts';
import { extensionLinks, extensionRoutes } from './whep-extensions.ts';
import { reportRoutes } from './whep-reports.ts';

export interface WhepOptions {
  readonly streams: StreamRegistry;
  readonly gate: Gate;
  readonly limits: Limits;
  readonly admit: Admission;
  readonly turn: TurnOptions | undefined;
  readonly redirect: RedirectOptions;
  readonly publicUrl: URL | undefined;
}

/** WHEP, draft-ietf-wish-whep. No channel is called `sessions`. */
export function whepRoutes({ streams, gate, limits, admit, turn, redirect, publicUrl }: WhepOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const take = hereOrElsewhere({ ...redirect, publicUrl }, 'whep');
  app.use(openToAllOrigins);
  app.route('/sessions', sessionRoutes('viewer', streams, limits));
  app.route('/sessions', extensionRoutes(streams, limits));
  app.route('/sessions', reportRoutes(streams, limits));
  app.options('/:slug', answerOptions);

  // A HEAD finds out by the content type that this is a WHEP endpoint.
  app.get('/:slug', async (c) => {
    await gate.visibleChannel(c, c.req.param('slug'), { scope: 'read' });
    c.header('Content-Type', SDP);
    c.header('Accept-Post', SDP);
    return emptyOk(c);
  });

  app.post('/:slug', async (c, next) => {
    await limits.count(c, 'signalling');
    requireType(c, SDP);
    await next();
  });

  app.post('/:slug', limitSignalling, async (c) => {
    const channel = await gate.visibleChannel(c, c.req.param('slug'), { scope: 'read' });
    return take(c, channel.slug, () => begin(c, channel));
  });

  async function begin(c: Context<AppEnv>, channel: Channel): Promise<Response> {
    await admit(c, { action: 'play', channel: channel.slug });
    const at = { path: '/whep/sessions', turn, links: extensionLinks };
    const offer = await c.req.text();
    const from = callerOf(c, publicUrl !== undefined);
    if (offer.trim() === '') return answerOffered(c, await streams.offer(channel, from), at);
    try {
      return answerCreated(c, await streams.play({ channel, offer, from }), at);
    } catch (error) {
      if (!(isCodecMissing(error) && takesOffers(c))) throw error;
      return answerOffered(c, await streams.offer(channel, from), at);
    }
  }

  return app;
}

/** Of IPv6 the household: its addresses change within a day. */
function callerOf(c: Context<AppEnv>, isBehindProxy: boolean): Caller {
  const address = addressBlock(clientAddress(c, isBehindProxy));
  return { address, userAgent: c.req.header('user-agent') ?? '' };
}

function isCodecMissing(error: unknown): boolean {
  return error instanceof SdpError && error.code === 'codec_not_offered';
}

/** By name: whoever takes anything (`*`) may know nothing of counter-offers, and is better told in words what is amiss. */
function takesOffers(c: Context<AppEnv>): boolean {
  const taken = (c.req.header('accept') ?? '').split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  return taken.includes(SDP);
}
