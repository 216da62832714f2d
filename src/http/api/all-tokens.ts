import { z } from '@hono/zod-openapi';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, route } from './describe.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { heldTokenSchema, heldTokenView } from './token-views.ts';

const access = { who: 'owner', scope: 'admin' } as const;

const routes = {
  list: route({
    access,
    method: 'get',
    path: '/admin/tokens',
    request: { query: pageQuery },
    responses: { 200: answers(pageOf(heldTokenSchema), 'The API tokens of all accounts, newest first'), ...failure },
  }),
  remove: route({
    access,
    method: 'delete',
    path: '/admin/tokens/{id}',
    request: { params: z.object({ id: z.uuid() }) },
    responses: { 204: { description: 'Revoked, whoever’s it was' }, ...failure },
  }),
};

/** The API tokens of everybody, for the server's owner. */
export function allTokenRoutes({ apiTokens }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.list, async (c) => {
    const { limit, cursor: after } = c.req.valid('query');
    const rows = await apiTokens.listAll({ limit: limit + 1, after });
    return c.json(rowPage(c, { limit, rows, view: heldTokenView }), 200);
  });

  app.openapi(routes.remove, async (c) => {
    await apiTokens.deleteAnyones(c.req.valid('param').id);
    return c.body(null, 204);
  });

  return app;
}
