import { type Context, Hono } from 'hono';
import { SdpError } from '../sdp/sdp-error.ts';
import type { OpenedSession } from '../streams/openings.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import { asksFor } from './accept.ts';
import type { Granted } from './access.ts';
import type { Admission } from './admission.ts';
import { callerOf } from './client-address.ts';
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
import type { WhepChat } from './whep-chat.ts';
import { extensionLinks, extensionRoutes } from './whep-extensions.ts';
import { reportRoutes } from './whep-reports.ts';

const READ = { scope: 'read' } as const;

export interface WhepOptions {
  readonly streams: StreamRegistry;
  readonly gate: Gate;
  readonly chat: WhepChat;
  readonly limits: Limits;
  readonly admit: Admission;
  readonly turn: TurnOptions | undefined;
  readonly redirect: RedirectOptions;
  readonly publicUrl: URL | undefined;
}

/** WHEP, draft-ietf-wish-whep. No channel is called `sessions`. */
export function whepRoutes({
  streams,
  gate,
  chat,
  limits,
  admit,
  turn,
  redirect,
  publicUrl,
}: WhepOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const take = hereOrElsewhere({ ...redirect, publicUrl }, 'whep');
  app.use(openToAllOrigins);
  app.route('/sessions', sessionRoutes('viewer', streams, limits));
  app.route('/sessions', extensionRoutes(streams, limits));
  app.route('/sessions', reportRoutes(streams, limits));
  app.options('/:slug', answerOptions);

  // A HEAD finds out by the content type that this is a WHEP endpoint.
  app.get('/:slug', async (c) => {
    await gate.visibleChannel(c, c.req.param('slug'), READ);
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
    const visiting = await gate.visit(c, c.req.param('slug'), READ);
    return take(c, visiting.channel.slug, () => begin(c, visiting));
  });

  async function begin(c: Context<AppEnv>, visiting: Granted['visitor']): Promise<Response> {
    const { channel, pass } = visiting;
    const viewerTokenId = channel.visibility === 'private' ? pass?.id : undefined;
    await admit(c, { action: 'play', channel: channel.slug, ...(viewerTokenId !== undefined && { viewerTokenId }) });
    const at = { path: '/whep/sessions', turn, links: extensionLinks };
    const offer = await c.req.text();
    const visit = { ...visiting, from: callerOf(c, publicUrl !== undefined) };
    const offered = async () => answerOffered(c, await stillWelcome(c, channel.slug, await streams.offer(visit)), at);
    if (offer.trim() === '') return offered();
    try {
      const tellChat = await chat.expect(c, channel, offer);
      const session = await streams.play({ ...visit, offer });
      tellChat(session.sessionId);
      return answerCreated(c, await stillWelcome(c, channel.slug, session), at);
    } catch (error) {
      // Whoever takes anything may know nothing of counter-offers, and is better told in words what is amiss.
      if (!(isCodecMissing(error) && asksFor(c, SDP))) throw error;
      return offered();
    }
  }

  /** A body may take half a minute to come, long enough to revoke a token, or to make the channel private. */
  async function stillWelcome<T extends OpenedSession>(c: Context<AppEnv>, slug: string, session: T): Promise<T> {
    try {
      await gate.visit(c, slug, READ);
      return session;
    } catch (error) {
      await streams.delete('viewer', session.sessionId);
      throw error;
    }
  }

  return app;
}

function isCodecMissing(error: unknown): boolean {
  return error instanceof SdpError && error.code === 'codec_not_offered';
}
