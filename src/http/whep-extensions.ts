import { z } from '@hono/zod-openapi';
import { type Context, Hono } from 'hono';
import type { LayerRequest } from '../streams/layer-request.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import type { Limits } from './limits.ts';
import { SESSION_EVENTS, SessionFeeds } from './session-feeds.ts';
import { emptyOk, limitSignalling, optionsOf, requireType } from './signalling.ts';
import { reportLink } from './whep-reports.ts';

const JSON_TYPE = 'application/json';
const URN = 'urn:ietf:params:whep:ext:core';

/** How the answer to a WHEP POST tells of the extensions, as values of `Link` headers. */
export function extensionLinks(session: string): string[] {
  return [
    `<${session}/sse>; rel="${URN}:server-sent-events"; events="${SESSION_EVENTS.join(',')}"`,
    `<${session}/layer>; rel="${URN}:layer"`,
    reportLink(session),
  ];
}

/**
 * Server-sent events and layer selection (WHEP's extensions draft), below the session's URL, which is the credential
 * here too.
 */
export function extensionRoutes(streams: StreamRegistry, limits: Limits): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const feeds = new SessionFeeds(streams, limits);

  app.options('/:id/sse', optionsOf(JSON_TYPE));
  app.post('/:id/sse', limitSignalling, async (c) => {
    await limits.count(c, 'signalling');
    const id = c.req.param('id');
    const feed = feeds.create(id, await wantedEvents(c));
    return c.body(null, 201, { Location: `/whep/sessions/${id}/sse/${feed}`, 'Cache-Control': 'no-store' });
  });

  app.options('/:id/sse/:feed', optionsOf());
  app.get('/:id/sse/:feed', async (c) => {
    await limits.count(c, 'signalling');
    return feeds.read(c, c.req.param('id'), c.req.param('feed'));
  });
  app.delete('/:id/sse/:feed', async (c) => {
    await limits.count(c, 'signalling');
    feeds.delete(c.req.param('id'), c.req.param('feed'));
    return emptyOk(c);
  });

  app.options('/:id/layer', optionsOf(JSON_TYPE));
  app.post('/:id/layer', limitSignalling, async (c) => {
    await limits.count(c, 'signalling');
    requireType(c, JSON_TYPE);
    await streams.chooseLayer(c.req.param('id'), layerRequest(await jsonOf(c)));
    return emptyOk(c);
  });
  // Not of the draft, which has a POST without wishes for it; whip-whep (of npm) asks this way.
  app.delete('/:id/layer', async (c) => {
    await limits.count(c, 'signalling');
    await streams.chooseLayer(c.req.param('id'), layerRequest({}));
    return emptyOk(c);
  });

  return app;
}

/** Without a body: all there are. */
async function wantedEvents(c: Context<AppEnv>) {
  if ((await c.req.text()) === '') return SESSION_EVENTS;
  requireType(c, JSON_TYPE);
  const wanted = z.array(z.enum(SESSION_EVENTS)).safeParse(await jsonOf(c));
  if (wanted.success) return wanted.data;
  throw new HttpError('bad_request', `The body must be an array of some of these: ${SESSION_EVENTS.join(', ')}.`);
}

const name = z.string().max(255).nullish().transform(orAbsent);
const count = z.int().min(0).nullish().transform(orAbsent);
const layerSchema = z
  .object({
    // A string in the draft; a number is as clear.
    mediaId: z.union([z.string().regex(/^\d{1,3}$/), z.int().min(0)]).nullish(),
    rid: name,
    /** What some clients call `rid`. */
    encodingId: name,
    spatialLayerId: count,
    temporalLayerId: count,
    maxSpatialLayerId: count,
    maxTemporalLayerId: count,
    maxWidth: count,
    maxHeight: count,
  })
  .refine(({ rid, encodingId }) => rid === undefined || encodingId === undefined || rid === encodingId, {
    message: 'is another name of rid, and differs from it',
    path: ['encodingId'],
  })
  .transform(({ mediaId, rid, encodingId, ...limits }) => ({
    mediaIndex: mediaId == null ? undefined : Number(mediaId),
    wish: { ...limits, rid: rid ?? encodingId },
  }));

function layerRequest(body: unknown): LayerRequest {
  const request = layerSchema.safeParse(body);
  if (request.success) return request.data;
  const fields = request.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const first = fields[0];
  const detail = first?.path ? `${first.path}: ${first.message}` : 'The body must be an object.';
  throw new HttpError('invalid_fields', detail, { fields });
}

/** A constraint of `null` is none. */
function orAbsent<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined;
}

/** Throws `bad_request`. */
async function jsonOf(c: Context<AppEnv>): Promise<unknown> {
  const body = await c.req.json<unknown>().catch(() => undefined);
  if (body === undefined) throw new HttpError('bad_request', 'The body is not JSON.');
  return body;
}
