import { z } from '@hono/zod-openapi';
import type { KeyLifetime } from '../../channels/stream-keys.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { slugParam, streamKeySchema, streamKeyView, text } from './schemas.ts';

const LONGEST_TTL_SECONDS = 366 * 24 * 3600;

const name = text.trim().min(1).max(60);
const ttlSeconds = z.int().min(60).max(LONGEST_TTL_SECONDS).optional();
const expiresAt = z.iso
  .datetime({ offset: true })
  .transform((at) => new Date(at))
  .refine((at) => at.getTime() > Date.now(), 'must be in the future')
  .nullable()
  .optional()
  .openapi({ type: ['string', 'null'], format: 'date-time', description: '`null`: it lasts until it is revoked' });
const hasOneEnd = (given: KeyLifetime) => given.ttlSeconds === undefined || given.expiresAt === undefined;
const twoEnds = { path: ['expiresAt'], message: 'says the same as ttlSeconds: give one of them' };
const newKey = z.object({ name, ttlSeconds, expiresAt }).refine(hasOneEnd, twoEnds);
const change = z.object({ name: name.optional(), ttlSeconds, expiresAt }).refine(hasOneEnd, twoEnds);
const minted = streamKeySchema.extend({ key: z.string().openapi({ description: 'Shown this once' }) });
const keyParam = slugParam.extend({ id: z.uuid() });

const routes = {
  list: route({
    access: { who: 'manager', scope: 'keys' },
    method: 'get',
    path: '/channels/{slug}/keys',
    request: { params: slugParam, query: pageQuery },
    responses: { 200: answers(pageOf(streamKeySchema), 'The keys, newest first, never their secrets'), ...failure },
  }),
  create: route({
    access: { who: 'manager', scope: 'keys' },
    method: 'post',
    path: '/channels/{slug}/keys',
    request: { params: slugParam, body: jsonBody(newKey) },
    responses: { 201: answers(minted, 'Made'), ...failure },
  }),
  read: route({
    access: { who: 'manager', scope: 'keys' },
    method: 'get',
    path: '/channels/{slug}/keys/{id}',
    problems: ['no_key'],
    request: { params: keyParam },
    responses: { 200: answers(streamKeySchema, 'The key, never its secret'), ...failure },
  }),
  update: route({
    access: { who: 'manager', scope: 'keys' },
    method: 'patch',
    path: '/channels/{slug}/keys/{id}',
    problems: ['no_key'],
    summary: 'Another name or end; whoever publishes with it is stopped at its end',
    request: { params: keyParam, body: jsonBody(change) },
    responses: { 200: answers(streamKeySchema, 'Changed'), ...failure },
  }),
  rotate: route({
    access: { who: 'manager', scope: 'keys' },
    method: 'post',
    path: '/channels/{slug}/keys/{id}/rotate',
    problems: ['no_key'],
    summary: 'A new secret under the same name; whoever publishes with the old one is stopped',
    request: { params: keyParam },
    responses: { 200: answers(minted, 'Rotated'), ...failure },
  }),
  remove: route({
    access: { who: 'manager', scope: 'keys' },
    method: 'delete',
    path: '/channels/{slug}/keys/{id}',
    summary: 'Revokes the key; whoever publishes with it is stopped',
    request: { params: keyParam },
    responses: { 204: { description: 'Revoked' }, ...failure },
  }),
};

export function streamKeyRoutes({ streamKeys, streams }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.list, async (c) => {
    const { channel } = c.var.granted;
    const { limit, cursor: after } = c.req.valid('query');
    const rows = await streamKeys.list(channel.id, { limit: limit + 1, after });
    return c.json(rowPage(c, { limit, rows, view: streamKeyView }), 200);
  });

  app.openapi(routes.create, async (c) => {
    const { channel } = c.var.granted;
    const { record, key } = await streamKeys.create(channel.id, c.req.valid('json'));
    c.header('Cache-Control', 'no-store');
    return c.json({ ...streamKeyView(record), key }, 201);
  });

  app.openapi(routes.read, async (c) => {
    const { id } = c.req.valid('param');
    const { channel } = c.var.granted;
    return c.json(streamKeyView(await streamKeys.byId(channel.id, id)), 200);
  });

  app.openapi(routes.update, async (c) => {
    const { id } = c.req.valid('param');
    const { channel } = c.var.granted;
    const key = await streamKeys.change(channel.id, id, c.req.valid('json'));
    streams.keys.changed(channel.id, key);
    return c.json(streamKeyView(key), 200);
  });

  app.openapi(routes.rotate, async (c) => {
    const { id } = c.req.valid('param');
    const { channel } = c.var.granted;
    const { record, key } = await streamKeys.rotate(channel.id, id);
    streams.keys.revoked(channel.id, id);
    c.header('Cache-Control', 'no-store');
    return c.json({ ...streamKeyView(record), key }, 200);
  });

  app.openapi(routes.remove, async (c) => {
    const { id } = c.req.valid('param');
    const { channel } = c.var.granted;
    await streamKeys.revoke(channel.id, id);
    streams.keys.revoked(channel.id, id);
    return c.body(null, 204);
  });

  return app;
}
