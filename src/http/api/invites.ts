import { z } from '@hono/zod-openapi';
import type { InviteRecord } from '../../accounts/ports.ts';
import { accountSchema, accountView, linkToken, name, password, role } from './account-views.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';

const LONGEST_SECONDS = 90 * 24 * 3600;

const time = z.iso.datetime();
const invite = z.object({ id: z.uuid(), role, createdAt: time, expiresAt: time }).openapi('Invite');
const minted = invite.extend({ url: z.string().openapi({ description: 'Shown this once' }) });
const draft = z.object({
  role,
  expiresInSeconds: z.int().min(60).max(LONGEST_SECONDS).optional().openapi({ description: 'A week when absent' }),
});

const routes = {
  list: route({
    access: { who: 'owner', scope: 'admin' },
    method: 'get',
    path: '/invites',
    responses: { 200: answers(pageOf(invite), 'Those that nobody accepted yet, newest first'), ...failure },
    request: { query: pageQuery },
  }),
  create: route({
    access: { who: 'owner', scope: 'admin' },
    method: 'post',
    path: '/invites',
    problems: ['not_set_up'],
    summary: 'A link by which one person makes an account of this role',
    request: { body: jsonBody(draft) },
    responses: { 201: answers(minted, 'Made'), ...failure },
  }),
  remove: route({
    access: { who: 'owner', scope: 'admin' },
    method: 'delete',
    path: '/invites/{id}',
    request: { params: z.object({ id: z.uuid() }) },
    responses: { 204: { description: 'The link does not work any more' }, ...failure },
  }),
  accept: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'post',
    path: '/invites/accept',
    problems: ['bad_link', 'name_taken', 'bad_name', 'bad_password', 'too_many_logins'],
    summary: 'Makes the account, with the token of the link',
    request: { body: jsonBody(z.object({ token: linkToken, name, password })) },
    responses: { 201: answers(accountSchema, 'Made, and logged in'), ...failure },
  }),
};

export function inviteRoutes({ auth, limits, oneTimeLinks }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.list, async (c) => {
    const { limit, cursor: after } = c.req.valid('query');
    const rows = await oneTimeLinks.invites({ limit: limit + 1, after });
    return c.json(rowPage(c, { limit, rows, view }), 200);
  });

  app.openapi(routes.create, async (c) => {
    const { role, expiresInSeconds } = c.req.valid('json');
    const { record, token } = await oneTimeLinks.invite(role, expiresInSeconds);
    c.header('Cache-Control', 'no-store');
    return c.json({ ...view(record), url: `${auth.origin(c)}/invite?token=${token}` }, 201);
  });

  app.openapi(routes.remove, async (c) => {
    await oneTimeLinks.revoke(c.req.valid('param').id);
    return c.body(null, 204);
  });

  app.openapi(routes.accept, async (c) => {
    await limits.count(c, 'login');
    const { token, ...credentials } = c.req.valid('json');
    const user = await oneTimeLinks.accept(token, credentials);
    await auth.logIn(c, user);
    return c.json(accountView(user), 201);
  });

  return app;
}

function view({ id, role, createdAt, expiresAt }: InviteRecord): z.infer<typeof invite> {
  return { id, role, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
}
