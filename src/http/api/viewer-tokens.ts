import { z } from '@hono/zod-openapi';
import type { ViewerTokenRecord } from '../../channels/ports.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { slugParam, text } from './schemas.ts';

const LONGEST_TTL_SECONDS = 30 * 24 * 3600;
const MOST_VIEWERS = 100_000;

const newToken = z.object({
  ttlSeconds: z.int().min(60).max(LONGEST_TTL_SECONDS).openapi({ description: 'A minute to 30 days' }),
  label: text.trim().max(60).default('').openapi({ description: 'For whom it is; its holder can not read it' }),
  maxViewers: z.int().min(1).max(MOST_VIEWERS).nullable().default(null).openapi({
    description: 'How many may watch with it at once, connecting ones included; `null`: any number',
  }),
});
const tokenSchema = z
  .object({
    id: z.uuid(),
    label: z.string(),
    maxViewers: z.int().nullable(),
    viewers: z.int().openapi({ description: 'Who watch with it now, connecting ones included' }),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .openapi('ViewerToken');
const minted = tokenSchema.extend({ token: z.string().openapi({ description: 'A JWT, shown this once' }) });
const tokenParam = slugParam.extend({ id: z.uuid() });

const routes = {
  list: route({
    access: { who: 'manager', scope: 'keys' },
    method: 'get',
    path: '/channels/{slug}/viewer-tokens',
    request: { params: slugParam, query: pageQuery },
    responses: { 200: answers(pageOf(tokenSchema), 'Those that are valid, newest first'), ...failure },
  }),
  create: route({
    access: { who: 'manager', scope: 'keys' },
    method: 'post',
    path: '/channels/{slug}/viewer-tokens',
    summary: 'What lets its holder watch a private channel',
    request: { params: slugParam, body: jsonBody(newToken) },
    responses: { 201: answers(minted, 'Made'), ...failure },
  }),
  read: route({
    access: { who: 'manager', scope: 'keys' },
    method: 'get',
    path: '/channels/{slug}/viewer-tokens/{id}',
    problems: ['no_viewer_token'],
    request: { params: tokenParam },
    responses: { 200: answers(tokenSchema, 'The token, never its secret'), ...failure },
  }),
  remove: route({
    access: { who: 'manager', scope: 'keys' },
    method: 'delete',
    path: '/channels/{slug}/viewer-tokens/{id}',
    summary: 'Revokes the token; whoever watches with it is sent away',
    request: { params: tokenParam },
    responses: { 204: { description: 'Revoked' }, ...failure },
  }),
  removeAll: route({
    access: { who: 'manager', scope: 'keys' },
    method: 'delete',
    path: '/channels/{slug}/viewer-tokens',
    summary: 'Revokes every token of the channel',
    request: { params: slugParam },
    responses: { 204: { description: 'None is valid any more' }, ...failure },
  }),
};

export function viewerTokenRoutes({ viewerTokens, streams }: ApiDependencies) {
  const app = apiRouter();
  const view = ({ id, label, maxViewers, createdAt, expiresAt }: ViewerTokenRecord): z.infer<typeof tokenSchema> => ({
    id,
    label,
    maxViewers,
    viewers: streams.passes.viewers(id),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  });

  app.openapi(routes.list, async (c) => {
    const { channel } = c.var.granted;
    const { limit, cursor: after } = c.req.valid('query');
    const rows = await viewerTokens.list(channel.id, { limit: limit + 1, after });
    c.header('Cache-Control', 'no-store');
    return c.json(rowPage(c, { limit, rows, view }), 200);
  });

  app.openapi(routes.create, async (c) => {
    const { channel } = c.var.granted;
    const { record, token } = await viewerTokens.create(channel.id, c.req.valid('json'));
    c.header('Cache-Control', 'no-store');
    return c.json({ ...view(record), token }, 201);
  });

  app.openapi(routes.read, async (c) => {
    const { channel } = c.var.granted;
    const found = await viewerTokens.byId(channel.id, c.req.valid('param').id);
    c.header('Cache-Control', 'no-store');
    return c.json(view(found), 200);
  });

  app.openapi(routes.remove, async (c) => {
    const { channel } = c.var.granted;
    const { id } = c.req.valid('param');
    await viewerTokens.revoke(channel.id, id);
    streams.passes.end(id, 'token_revoked');
    return c.body(null, 204);
  });

  app.openapi(routes.removeAll, async (c) => {
    const { channel } = c.var.granted;
    for (const id of await viewerTokens.revokeAll(channel.id)) streams.passes.end(id, 'token_revoked');
    return c.body(null, 204);
  });

  return app;
}
