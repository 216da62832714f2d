import { z } from '@hono/zod-openapi';
import { accountSchema, accountView, name, password } from './account-views.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';
import { endBroadcasts } from './end-broadcasts.ts';
import { currentOf } from './logins.ts';

const routes = {
  read: route({
    access: { who: 'account', scope: 'none' },
    method: 'get',
    path: '/me',
    responses: { 200: answers(accountSchema, 'The account that asks'), ...failure },
  }),
  update: route({
    access: { who: 'account', scope: 'account' },
    method: 'patch',
    path: '/me',
    problems: ['bad_name', 'name_taken'],
    request: { body: jsonBody(z.object({ name })) },
    responses: { 200: answers(accountSchema, 'Changed'), ...failure },
  }),
  changePassword: route({
    access: { who: 'account', scope: 'account' },
    method: 'post',
    path: '/me/password',
    problems: ['wrong_password', 'bad_password', 'too_many_logins'],
    summary: 'Ends the account’s other logins',
    request: { body: jsonBody(z.object({ oldPassword: password, newPassword: password })) },
    responses: { 204: { description: 'Changed' }, ...failure },
  }),
  leave: route({
    access: { who: 'account', scope: 'account' },
    method: 'post',
    path: '/me/delete',
    problems: ['wrong_password', 'last_owner', 'too_many_logins'],
    summary: 'Forgets the account that asks, its channels with their keys and history, its tokens and webhooks',
    request: { body: jsonBody(z.object({ password })) },
    responses: { 204: { description: 'Gone' }, ...failure },
  }),
};

/** An account's own matters. */
export function meRoutes(dependencies: ApiDependencies) {
  const { auth, limits, people } = dependencies;
  const app = apiRouter();

  app.openapi(routes.read, async (c) => {
    c.header('Cache-Control', 'no-store');
    return c.json(accountView(c.var.granted.account), 200);
  });

  app.openapi(routes.update, async (c) => {
    return c.json(accountView(await people.rename(c.var.granted.account, c.req.valid('json').name)), 200);
  });

  app.openapi(routes.changePassword, async (c) => {
    await limits.count(c, 'login');
    const { account, identity } = c.var.granted;
    await people.changePassword(account, { ...c.req.valid('json'), sessionId: currentOf(identity) });
    await limits.forgive(c, 'login');
    return c.body(null, 204);
  });

  app.openapi(routes.leave, async (c) => {
    await limits.count(c, 'login');
    const { account } = c.var.granted;
    await endBroadcasts(dependencies, account.id, () => people.leave(account, c.req.valid('json').password));
    await auth.closeSession(c);
    return c.body(null, 204);
  });

  return app;
}
