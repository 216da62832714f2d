import { z } from '@hono/zod-openapi';
import { accountSchema, accountView, linkToken, name, password } from './account-views.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';

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
    problems: ['unauthorized', 'already_set_up', 'bad_setup_token', 'bad_name', 'bad_password', 'too_many_logins'],
    summary: 'Makes the owner’s account, with the token of the one-time link or with the administrator’s as bearer',
    request: { body: jsonBody(z.object({ token: linkToken.optional(), name, password })) },
    responses: { 201: answers(accountSchema, 'Made, and logged in'), ...failure },
  }),
  mayRegister: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'get',
    path: '/register',
    responses: { 200: answers(z.object({ isOpen: z.boolean() }), 'Whether anybody may make an account'), ...failure },
  }),
  register: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'post',
    path: '/register',
    problems: ['registration_closed', 'not_set_up', 'name_taken', 'bad_name', 'bad_password', 'too_many_logins'],
    summary: 'Makes a viewer’s account, where `REGISTRATION=open`',
    request: { body: jsonBody(z.object({ name, password })) },
    responses: { 201: answers(accountSchema, 'Made, and logged in'), ...failure },
  }),
  login: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'post',
    path: '/login',
    problems: ['bad_login', 'account_disabled', 'too_many_logins'],
    request: { body: jsonBody(z.object({ name, password })) },
    responses: { 200: answers(accountSchema, 'Logged in: the session is in the cookie'), ...failure },
  }),
  logout: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'post',
    path: '/logout',
    responses: { 204: { description: 'Logged out' }, ...failure },
  }),
  resetPassword: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'post',
    path: '/password-reset',
    problems: ['bad_link', 'bad_password', 'too_many_logins'],
    summary: 'Another password, with the token of the link that the owner gave; ends all logins',
    request: { body: jsonBody(z.object({ token: linkToken, password })) },
    responses: { 200: answers(accountSchema, 'Changed, and logged in'), ...failure },
  }),
};

/** The ways into an account. */
export function accountRoutes({ auth, limits, login, oneTimeLinks, people, setUp }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.isSetUpNeeded, async (c) => c.json({ needed: await setUp.isNeeded() }, 200));

  app.openapi(routes.setUp, async (c) => {
    await limits.count(c, 'login');
    const { token, ...credentials } = c.req.valid('json');
    const identity = await auth.identify(c);
    if (identity?.kind !== 'admin') setUp.checkToken(token ?? '');
    const owner = await setUp.createOwner(credentials);
    await auth.logIn(c, owner);
    return c.json(accountView(owner), 201);
  });

  app.openapi(routes.mayRegister, (c) => c.json({ isOpen: people.isOpen }, 200));

  app.openapi(routes.register, async (c) => {
    await limits.count(c, 'register');
    const user = await people.register(c.req.valid('json'));
    await auth.logIn(c, user);
    return c.json(accountView(user), 201);
  });

  app.openapi(routes.login, async (c) => {
    const { name, password } = c.req.valid('json');
    await limits.count(c, 'login');
    await limits.countLogin(name);
    const user = await login.check(name, password);
    await limits.forgiveLogin(c, name);
    await auth.logIn(c, user);
    return c.json(accountView(user), 200);
  });

  app.openapi(routes.logout, async (c) => {
    await auth.closeSession(c);
    return c.body(null, 204);
  });

  app.openapi(routes.resetPassword, async (c) => {
    await limits.count(c, 'login');
    const { token, password } = c.req.valid('json');
    const user = await oneTimeLinks.resetPassword(token, password);
    await auth.logIn(c, user);
    return c.json(accountView(user), 200);
  });

  return app;
}
