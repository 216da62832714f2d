import { z } from '@hono/zod-openapi';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';
import { text } from './schemas.ts';

const account = z
  .object({ id: z.string(), name: z.string(), role: z.enum(['owner', 'streamer', 'viewer']) })
  .openapi('Account');
const name = text.max(200);
const password = z.string().max(1000);

const routes = {
  isSetUpNeeded: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'get',
    path: '/setup',
    responses: { 200: answers(z.object({ needed: z.boolean() }), 'Whether there is no account yet'), ...failure },
  }),
  setUp: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'post',
    path: '/setup',
    problems: ['already_set_up', 'bad_setup_token', 'bad_name', 'bad_password', 'too_many_logins'],
    summary: 'Makes the owner’s account, with the token of the one-time link or with the administrator’s as bearer',
    request: { body: jsonBody(z.object({ token: z.string().max(200).optional(), name, password })) },
    responses: { 201: answers(account, 'Made, and logged in'), ...failure },
  }),
  login: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'post',
    path: '/login',
    problems: ['bad_login', 'too_many_logins', 'bad_name', 'bad_password'],
    request: { body: jsonBody(z.object({ name, password })) },
    responses: { 200: answers(account, 'Logged in: the session is in the cookie'), ...failure },
  }),
  logout: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'post',
    path: '/logout',
    responses: { 204: { description: 'Logged out' }, ...failure },
  }),
  me: route({
    access: { who: 'account', scope: 'none' },
    method: 'get',
    path: '/me',
    responses: { 200: answers(account, 'The account that asks'), ...failure },
  }),
};

export function accountRoutes({ auth, limits, login, setUp }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.isSetUpNeeded, async (c) => c.json({ needed: await setUp.isNeeded() }, 200));

  app.openapi(routes.setUp, async (c) => {
    await limits.count(c, 'login');
    const { token, name, password } = c.req.valid('json');
    const identity = await auth.identify(c);
    if (identity?.kind !== 'admin') setUp.checkToken(token ?? '');
    const owner = await setUp.createOwner({ name, password });
    auth.openSession(c, await login.open(owner));
    return c.json({ id: owner.id, name: owner.name, role: owner.role }, 201);
  });

  app.openapi(routes.login, async (c) => {
    await limits.count(c, 'login');
    const { name, password } = c.req.valid('json');
    const { user, token } = await login.login(name, password);
    await limits.forgive(c, 'login');
    auth.openSession(c, token);
    return c.json({ id: user.id, name: user.name, role: user.role }, 200);
  });

  app.openapi(routes.logout, async (c) => {
    await auth.closeSession(c);
    return c.body(null, 204);
  });

  app.openapi(routes.me, async (c) => {
    const { id, name, role } = c.var.granted.account;
    c.header('Cache-Control', 'no-store');
    return c.json({ id, name, role }, 200);
  });

  return app;
}
