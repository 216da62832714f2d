import { z } from '@hono/zod-openapi';
import type { UserRecord } from '../../accounts/ports.ts';
import { accountSchema, role } from './account-views.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';
import { endBroadcasts } from './end-broadcasts.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { text } from './schemas.ts';

const time = z.iso.datetime();
const user = accountSchema
  .extend({ isDisabled: z.boolean(), createdAt: time, channels: z.int().openapi({ description: 'Of its own' }) })
  .openapi('User');
const link = z.object({ url: z.string(), expiresAt: time });
const idParam = z.object({ id: z.uuid() });
const access = { who: 'owner', scope: 'admin' } as const;

const routes = {
  list: route({
    access,
    method: 'get',
    path: '/users',
    request: { query: pageQuery.extend({ q: text.max(100).optional() }) },
    responses: { 200: answers(pageOf(user), 'Accounts, newest first'), ...failure },
  }),
  read: route({
    access,
    method: 'get',
    path: '/users/{id}',
    problems: ['no_user'],
    request: { params: idParam },
    responses: { 200: answers(user, 'The account'), ...failure },
  }),
  update: route({
    access,
    method: 'patch',
    path: '/users/{id}',
    problems: ['no_user', 'last_owner'],
    summary:
      'Another role, or disabled: then its logins, API tokens and streams end at once, and its stream keys open nothing. ' +
      'The last owner stays one',
    request: { params: idParam, body: jsonBody(z.object({ role, isDisabled: z.boolean() }).partial()) },
    responses: { 200: answers(user, 'Changed'), ...failure },
  }),
  remove: route({
    access,
    method: 'delete',
    path: '/users/{id}',
    problems: ['last_owner'],
    summary:
      'Forgets the account, its channels with their keys and history, its tokens and webhooks; not the last owner',
    request: { params: idParam },
    responses: { 204: { description: 'Gone' }, ...failure },
  }),
  resetLink: route({
    access,
    method: 'post',
    path: '/users/{id}/password-reset',
    problems: ['no_user'],
    summary: 'A link that gives the account another password, once and within a day; an older one stops working',
    request: { params: idParam },
    responses: { 201: answers(link, 'Shown this once'), ...failure },
  }),
};

/** People, for the server's owner. */
export function userRoutes(dependencies: ApiDependencies) {
  const { auth, people, oneTimeLinks } = dependencies;
  const app = apiRouter();

  app.openapi(routes.list, async (c) => {
    const { limit, cursor: after, q } = c.req.valid('query');
    const rows = await people.list({ limit: limit + 1, after, ...(q !== '' && { text: q }) });
    return c.json(rowPage(c, { limit, rows, view }), 200);
  });

  app.openapi(routes.read, async (c) => c.json(view(await people.read(c.req.valid('param').id)), 200));

  app.openapi(routes.update, async (c) => {
    const { id } = c.req.valid('param');
    const changed = await people.change(id, c.req.valid('json'));
    // The keys open nothing by now: an encoder that was stopped comes back within a moment.
    if (changed.disabledAt !== null || changed.role === 'viewer') await endBroadcasts(dependencies, id);
    return c.json(view(changed), 200);
  });

  app.openapi(routes.remove, async (c) => {
    const { id } = c.req.valid('param');
    await endBroadcasts(dependencies, id, () => people.delete(id));
    return c.body(null, 204);
  });

  app.openapi(routes.resetLink, async (c) => {
    const { token, expiresAt } = await oneTimeLinks.resetLink(c.req.valid('param').id);
    c.header('Cache-Control', 'no-store');
    const url = `${auth.origin(c)}/reset-password?token=${token}`;
    return c.json({ url, expiresAt: expiresAt.toISOString() }, 201);
  });

  return app;
}

function view({ disabledAt, createdAt, ...rest }: UserRecord): z.infer<typeof user> {
  return { ...rest, isDisabled: disabledAt !== null, createdAt: createdAt.toISOString() };
}
