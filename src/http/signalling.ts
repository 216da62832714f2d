import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { StreamError } from '../streams/errors.ts';
import type { OfferedSession, OpenedSession } from '../streams/openings.ts';
import type { SessionKind } from '../streams/ports.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import { sessionView } from './api/session-view.ts';
import { limitBody } from './body-limit.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import { iceServerLinks, type TurnOptions } from './ice-servers.ts';
import type { Limits } from './limits.ts';

/** What WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) have in common. */

export const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
const MAX_BODY_BYTES = 128 * 1024;
const PREFLIGHT_SECONDS = '86400';

/** Open to every origin: a bearer or the session's URL is the only credential, and browsers send neither by themselves. */
export const openToAllOrigins: MiddlewareHandler<AppEnv> = async (c, next) => {
  c.header('Access-Control-Allow-Origin', '*');
  c.header('Access-Control-Expose-Headers', 'Location, ETag, Link, Accept-Patch, Retry-After');
  await next();
};

/**
 * For a resource that takes POSTs of this type, or none. No Link headers here: an OPTIONS proves nothing, and relay
 * credentials are worth something.
 */
export function optionsOf(acceptPost?: string) {
  return (c: Context<AppEnv>): Response => {
    c.header('Access-Control-Allow-Methods', 'GET, HEAD, POST, PATCH, DELETE, OPTIONS');
    c.header('Access-Control-Allow-Headers', 'Authorization, Content-Type, If-Match');
    c.header('Access-Control-Max-Age', PREFLIGHT_SECONDS);
    if (acceptPost !== undefined) c.header('Accept-Post', acceptPost);
    return emptyOk(c);
  };
}

export const answerOptions = optionsOf(SDP);

/** With its length, which is not added to a 200 without a body. */
export function emptyOk(c: Context<AppEnv>): Response {
  c.header('Content-Length', '0');
  return c.body(null, 200);
}

export const limitSignalling = limitBody(MAX_BODY_BYTES);

export function bearerOf(c: Context<AppEnv>): string | undefined {
  return /^Bearer +([^\s]+) *$/i.exec(c.req.header('authorization') ?? '')?.[1];
}

export function requireType(c: Context<AppEnv>, type: string): void {
  if (!hasType(c, type)) throw new HttpError('bad_content_type', `The content type must be ${type}.`);
}

function hasType(c: Context<AppEnv>, type: string): boolean {
  return c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() === type;
}

interface CreatedAt {
  readonly path: string;
  readonly turn: TurnOptions | undefined;
  /** What else the session's URL leads to. */
  readonly links?: (session: string) => readonly string[];
}

export function answerCreated(c: Context<AppEnv>, session: OpenedSession, createdAt: CreatedAt): Response {
  return sessionResponse(c, session, createdAt, { status: 201, type: SDP, patches: FRAGMENT });
}

/** An offer of ours, which has to be answered by a PATCH until then (draft-ietf-wish-whep). */
export function answerOffered(c: Context<AppEnv>, session: OfferedSession, createdAt: CreatedAt): Response {
  const type = `${SDP}; valid-until="${session.validUntil.toUTCString()}"`;
  return sessionResponse(c, session, createdAt, { status: 406, type, patches: `${SDP}, ${FRAGMENT}` });
}

function sessionResponse(
  c: Context<AppEnv>,
  { sessionId, sdp, etag }: OpenedSession,
  { path, turn, links = () => [] }: CreatedAt,
  { status, type, patches }: { status: 201 | 406; type: string; patches: string },
): Response {
  const location = `${path}/${sessionId}`;
  for (const link of [...links(location), ...(turn ? iceServerLinks(turn) : [])])
    c.header('Link', link, { append: true });
  return c.body(sdp, status, {
    'Content-Type': type,
    // FFmpeg cannot read an answer that comes in chunks.
    'Content-Length': String(Buffer.byteLength(sdp)),
    Location: location,
    ETag: etag,
    'Accept-Patch': patches,
    'Cache-Control': 'no-store',
  });
}

/**
 * The resources that a POST made. Their URL is their credential: it is as long and as random as a token, so an
 * Authorization header is neither needed nor looked at here.
 */
export function sessionRoutes(kind: SessionKind, streams: StreamRegistry, limits: Limits): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.options('/:id', answerOptions);

  app.get('/:id', (c) => {
    if (!streams.has(kind, c.req.param('id'))) throw new StreamError('no_session', 'There is no such session.');
    return c.body(null, 204);
  });

  // For the player's own eyes: whoever knows the session's URL is in it.
  app.get('/:id/stats', async (c) => {
    await limits.count(c, 'signalling');
    const report = await streams.sessionReport(kind, c.req.param('id'));
    return c.json(sessionView(report), 200, { 'Cache-Control': 'no-store' });
  });

  app.patch('/:id', limitSignalling, async (c) => {
    await limits.count(c, 'signalling');
    if (kind === 'viewer' && hasType(c, SDP)) {
      const etag = await streams.answer(c.req.param('id'), await c.req.text(), c.req.header('if-match'));
      return c.body(null, 204, { ETag: etag });
    }
    requireType(c, FRAGMENT);
    const result = await streams.patch(kind, c.req.param('id'), await c.req.text(), c.req.header('if-match'));
    if (result.type === 'trickled') return c.body(null, 204);
    return c.body(result.fragment, 200, { 'Content-Type': FRAGMENT, ETag: result.etag, 'Cache-Control': 'no-store' });
  });

  // Exactly 200: OBS takes any other answer for a failure.
  app.delete('/:id', async (c) => {
    await limits.count(c, 'signalling');
    await streams.delete(kind, c.req.param('id'));
    return emptyOk(c);
  });

  return app;
}
