import { z } from '@hono/zod-openapi';
import type { ApiDependencies } from './dependencies.ts';
import { apiRouter, failure, jsonBody, route } from './describe.ts';
import { slugParam } from './schemas.ts';

const LONGEST_TOKEN = 2_000;

const routes = {
  open: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'post',
    path: '/channels/{slug}/access',
    problems: ['no_channel'],
    summary: 'For pages: keeps a viewer token in a cookie, for this channel alone and as long as the token lasts',
    request: { params: slugParam, body: jsonBody(z.object({ token: z.string().max(LONGEST_TOKEN) })) },
    responses: { 204: { description: 'The channel can be watched from this browser' }, ...failure },
  }),
  close: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'delete',
    path: '/channels/{slug}/access',
    summary: 'Forgets the token again',
    request: { params: slugParam },
    responses: { 204: { description: 'Forgotten' }, ...failure },
  }),
};

export function accessRoutes({ auth, channels, viewerAccess }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.open, async (c) => {
    const channel = await channels.bySlug(c.req.valid('param').slug);
    await viewerAccess.remember(c, channel, { token: c.req.valid('json').token, secure: auth.isSecure(c) });
    return c.body(null, 204);
  });

  app.openapi(routes.close, async (c) => {
    viewerAccess.forget(c, c.req.valid('param').slug);
    return c.body(null, 204);
  });

  return app;
}
