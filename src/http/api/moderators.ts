import { z } from '@hono/zod-openapi';
import type { Moderator } from '../../channels/ports.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, route } from './describe.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { slugParam, text } from './schemas.ts';

const moderator = z.object({ id: z.uuid(), name: z.string(), since: z.iso.datetime() }).openapi('Moderator');
const moderatorParam = slugParam.extend({ name: text.max(200) });

const routes = {
  list: route({
    access: { who: 'moderator', scope: 'read' },
    method: 'get',
    path: '/channels/{slug}/moderators',
    request: { params: slugParam, query: pageQuery },
    responses: {
      200: answers(pageOf(moderator), 'The last appointed first'),
      ...failure,
    },
  }),
  appoint: route({
    access: { who: 'manager', scope: 'channels' },
    method: 'put',
    path: '/channels/{slug}/moderators/{name}',
    problems: ['no_user'],
    summary: 'Lets an account keep order in the channel’s chat, and see the channel where it is private',
    request: { params: moderatorParam },
    responses: { 204: { description: 'Is a moderator' }, ...failure },
  }),
  dismiss: route({
    access: { who: 'manager', scope: 'channels' },
    method: 'delete',
    path: '/channels/{slug}/moderators/{name}',
    request: { params: moderatorParam },
    responses: { 204: { description: 'Is none any more' }, ...failure },
  }),
};

export function moderatorRoutes({ moderators }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.list, async (c) => {
    const { limit, cursor: after } = c.req.valid('query');
    const rows = await moderators.list(c.var.granted.channel.id, { limit: limit + 1, after });
    return c.json(rowPage(c, { limit, rows, view }), 200);
  });

  app.openapi(routes.appoint, async (c) => {
    await moderators.appoint(c.var.granted.channel.id, c.req.valid('param').name);
    return c.body(null, 204);
  });

  app.openapi(routes.dismiss, async (c) => {
    await moderators.dismiss(c.var.granted.channel.id, c.req.valid('param').name);
    return c.body(null, 204);
  });

  return app;
}

function view({ id, name, since }: Moderator): z.infer<typeof moderator> {
  return { id, name, since: since.toISOString() };
}
