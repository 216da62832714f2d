import { createRoute, z } from '@hono/zod-openapi';
import type { ApiTokenRecord } from '../../accounts/ports.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, secured } from './describe.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { text } from './schemas.ts';

const token = z
  .object({ id: z.uuid(), name: z.string(), prefix: z.string(), createdAt: z.iso.datetime() })
  .openapi('ApiToken');
const minted = token.extend({ token: z.string().openapi({ description: 'Shown this once' }) });

const routes = {
  list: createRoute({
    method: 'get',
    path: '/tokens',
    security: secured,
    request: { query: pageQuery },
    responses: { 200: answers(pageOf(token), 'The account’s API tokens, newest first'), ...failure },
  }),
  create: createRoute({
    method: 'post',
    path: '/tokens',
    security: secured,
    request: { body: jsonBody(z.object({ name: text.trim().min(1).max(60) })) },
    responses: { 201: answers(minted, 'Made'), ...failure },
  }),
  remove: createRoute({
    method: 'delete',
    path: '/tokens/{id}',
    security: secured,
    request: { params: z.object({ id: z.uuid() }) },
    responses: { 204: { description: 'Revoked' }, ...failure },
  }),
};

export function tokenRoutes({ auth, apiTokens }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.list, async (c) => {
    const { id } = await auth.account(c);
    const { limit, cursor: after } = c.req.valid('query');
    const rows = await apiTokens.list(id, { limit: limit + 1, after });
    return c.json(rowPage(c, { limit, rows, view }), 200);
  });

  app.openapi(routes.create, async (c) => {
    const { id } = await auth.account(c);
    const { record, token } = await apiTokens.create(id, c.req.valid('json').name);
    c.header('Cache-Control', 'no-store');
    return c.json({ ...view(record), token }, 201);
  });

  app.openapi(routes.remove, async (c) => {
    const { id } = await auth.account(c);
    await apiTokens.delete(id, c.req.valid('param').id);
    return c.body(null, 204);
  });

  return app;
}

function view({ id, name, prefix, createdAt }: ApiTokenRecord): z.infer<typeof token> {
  return { id, name, prefix, createdAt: createdAt.toISOString() };
}
