import { z } from '@hono/zod-openapi';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { text } from './schemas.ts';
import { tokenSchema, tokenView } from './token-views.ts';

const LONGEST_TTL_SECONDS = 10 * 366 * 24 * 3600;

const minted = tokenSchema.extend({ token: z.string().openapi({ description: 'Shown this once' }) });
const draft = z.object({
  name: text.trim().min(1).max(60),
  scopes: tokenSchema.shape.scopes.min(1).optional().openapi({ description: 'All that the caller has when absent' }),
  ttlSeconds: z.int().min(60).max(LONGEST_TTL_SECONDS).optional(),
});
const idParam = z.object({ id: z.uuid() });

const routes = {
  list: route({
    access: { who: 'account', scope: 'account' },
    method: 'get',
    path: '/tokens',
    request: { query: pageQuery },
    responses: { 200: answers(pageOf(tokenSchema), 'The account’s API tokens, newest first'), ...failure },
  }),
  create: route({
    access: { who: 'account', scope: 'account' },
    method: 'post',
    path: '/tokens',
    problems: ['too_many_scopes'],
    request: { body: jsonBody(draft) },
    responses: { 201: answers(minted, 'Made'), ...failure },
  }),
  read: route({
    access: { who: 'account', scope: 'account' },
    method: 'get',
    path: '/tokens/{id}',
    problems: ['no_token'],
    request: { params: idParam },
    responses: { 200: answers(tokenSchema, 'The token, never its secret'), ...failure },
  }),
  remove: route({
    access: { who: 'account', scope: 'account' },
    method: 'delete',
    path: '/tokens/{id}',
    request: { params: idParam },
    responses: { 204: { description: 'Revoked' }, ...failure },
  }),
};

export function tokenRoutes({ apiTokens }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.list, async (c) => {
    const { limit, cursor: after } = c.req.valid('query');
    const rows = await apiTokens.list(c.var.granted.account.id, { limit: limit + 1, after });
    return c.json(rowPage(c, { limit, rows, view: tokenView }), 200);
  });

  app.openapi(routes.create, async (c) => {
    const { account, identity } = c.var.granted;
    const by = identity.kind === 'token' ? identity.token : undefined;
    const { record, token } = await apiTokens.create(account.id, { ...c.req.valid('json'), by });
    c.header('Cache-Control', 'no-store');
    return c.json({ ...tokenView(record), token }, 201);
  });

  app.openapi(routes.read, async (c) => {
    return c.json(tokenView(await apiTokens.byId(c.var.granted.account.id, c.req.valid('param').id)), 200);
  });

  app.openapi(routes.remove, async (c) => {
    await apiTokens.delete(c.var.granted.account.id, c.req.valid('param').id);
    return c.body(null, 204);
  });

  return app;
}
