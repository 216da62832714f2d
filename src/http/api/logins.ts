import { z } from '@hono/zod-openapi';
import type { LoginRecord } from '../../accounts/ports.ts';
import type { Identity } from '../permissions.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, route } from './describe.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';

const time = z.iso.datetime();
const login = z
  .object({
    id: z.uuid(),
    device: z.string().openapi({ example: 'Firefox on Linux' }),
    createdAt: time,
    lastSeenAt: time.openapi({ description: 'To the minute' }),
    expiresAt: time,
    isCurrent: z.boolean().openapi({ description: 'The one that asks' }),
  })
  .openapi('Login');

const routes = {
  list: route({
    access: { who: 'account', scope: 'account' },
    method: 'get',
    path: '/logins',
    request: { query: pageQuery },
    responses: { 200: answers(pageOf(login), 'Where the account is logged in, newest first'), ...failure },
  }),
  remove: route({
    access: { who: 'account', scope: 'account' },
    method: 'delete',
    path: '/logins/{id}',
    request: { params: z.object({ id: z.uuid() }) },
    responses: { 204: { description: 'Logged out there' }, ...failure },
  }),
  endOthers: route({
    access: { who: 'account', scope: 'account' },
    method: 'post',
    path: '/logins/end-others',
    responses: { 204: { description: 'Logged out everywhere else' }, ...failure },
  }),
};

/** Where an account is logged in. */
export function loginRoutes({ login }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.list, async (c) => {
    const { account, identity } = c.var.granted;
    const { limit, cursor: after } = c.req.valid('query');
    const rows = await login.list(account.id, { limit: limit + 1, after });
    c.header('Cache-Control', 'no-store');
    return c.json(rowPage(c, { limit, rows, view: (row) => view(row, currentOf(identity)) }), 200);
  });

  app.openapi(routes.remove, async (c) => {
    await login.end(c.var.granted.account.id, c.req.valid('param').id);
    return c.body(null, 204);
  });

  app.openapi(routes.endOthers, async (c) => {
    const { account, identity } = c.var.granted;
    await login.endAll(account.id, currentOf(identity));
    return c.body(null, 204);
  });

  return app;
}

export function currentOf(identity: Identity): string | undefined {
  return identity.kind === 'login' ? identity.session.id : undefined;
}

function view({ id, device, ...at }: LoginRecord, current: string | undefined): z.infer<typeof login> {
  return {
    id,
    device,
    createdAt: at.createdAt.toISOString(),
    lastSeenAt: at.lastSeenAt.toISOString(),
    expiresAt: at.expiresAt.toISOString(),
    isCurrent: id === current,
  };
}
