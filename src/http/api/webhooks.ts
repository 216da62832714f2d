import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { WEBHOOK_EVENTS } from '../../webhooks/events.ts';
import type { AppEnv } from '../env.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, secured } from './describe.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { text } from './schemas.ts';
import { deliverySchema, deliveryView, webhookSchema, webhookView } from './webhook-views.ts';

const url = text.trim().min(1).max(2000);
const events = z
  .array(z.enum(WEBHOOK_EVENTS))
  .min(1)
  .max(WEBHOOK_EVENTS.length)
  .transform((names) => [...new Set(names)]);
const draft = z.object({
  url,
  events,
  channel: z.string().optional().openapi({ description: 'Its slug; all channels of the account when absent' }),
});
const change = z.object({ url, events, isActive: z.boolean() }).partial();
const minted = webhookSchema.extend({ secret: z.string().openapi({ description: 'Shown this once' }) });
const idParam = z.object({ id: z.uuid() });

const routes = {
  list: createRoute({
    method: 'get',
    path: '/webhooks',
    security: secured,
    request: { query: pageQuery },
    responses: { 200: answers(pageOf(webhookSchema), 'The account’s webhooks, never their secrets'), ...failure },
  }),
  create: createRoute({
    method: 'post',
    path: '/webhooks',
    summary: 'Deliveries are signed as Standard Webhooks says, with the secret of this answer',
    security: secured,
    request: { body: jsonBody(draft) },
    responses: { 201: answers(minted, 'Made'), ...failure },
  }),
  read: createRoute({
    method: 'get',
    path: '/webhooks/{id}',
    security: secured,
    request: { params: idParam },
    responses: { 200: answers(webhookSchema, 'The webhook, never its secret'), ...failure },
  }),
  update: createRoute({
    method: 'patch',
    path: '/webhooks/{id}',
    security: secured,
    request: { params: idParam, body: jsonBody(change) },
    responses: { 200: answers(webhookSchema, 'Changed'), ...failure },
  }),
  remove: createRoute({
    method: 'delete',
    path: '/webhooks/{id}',
    security: secured,
    request: { params: idParam },
    responses: { 204: { description: 'Gone, and what was not delivered with it' }, ...failure },
  }),
  rotate: createRoute({
    method: 'post',
    path: '/webhooks/{id}/rotate',
    summary: 'A new secret; what is sent from now on is signed with it',
    security: secured,
    request: { params: idParam },
    responses: { 200: answers(minted, 'Rotated'), ...failure },
  }),
  test: createRoute({
    method: 'post',
    path: '/webhooks/{id}/test',
    summary: 'Sends `webhook.test`',
    security: secured,
    request: { params: idParam },
    responses: { 202: answers(deliverySchema, 'On its way'), ...failure },
  }),
  deliveries: createRoute({
    method: 'get',
    path: '/webhooks/{id}/deliveries',
    security: secured,
    request: { params: idParam, query: pageQuery },
    responses: { 200: answers(pageOf(deliverySchema), 'Of the last 30 days, newest first'), ...failure },
  }),
  redeliver: createRoute({
    method: 'post',
    path: '/webhooks/{id}/deliveries/{deliveryId}/redeliver',
    summary: 'The same event under the same id once more',
    security: secured,
    request: { params: idParam.extend({ deliveryId: z.uuid() }) },
    responses: { 202: answers(deliverySchema, 'On its way'), ...failure },
  }),
};

export function webhookRoutes({ auth, channels, webhooks }: ApiDependencies) {
  const app = apiRouter();
  const account = async (c: Context<AppEnv>) => (await auth.publishingAccount(c)).id;

  app.openapi(routes.list, async (c) => {
    const { limit, cursor: after } = c.req.valid('query');
    const rows = await webhooks.list(await account(c), { limit: limit + 1, after });
    return c.json(rowPage(c, { limit, rows, view: webhookView }), 200);
  });

  app.openapi(routes.create, async (c) => {
    const { channel: slug, ...wanted } = c.req.valid('json');
    const userId = await account(c);
    const channelId = slug === undefined ? null : (await auth.managedChannel(c, channels, slug)).id;
    const { record, secret } = await webhooks.create({ ...wanted, userId, channelId });
    c.header('Cache-Control', 'no-store');
    return c.json({ ...webhookView(record), secret }, 201);
  });

  app.openapi(routes.read, async (c) => {
    return c.json(webhookView(await webhooks.byId(await account(c), c.req.valid('param').id)), 200);
  });

  app.openapi(routes.update, async (c) => {
    const { url, events, isActive } = c.req.valid('json');
    const changed = await webhooks.update(await account(c), c.req.valid('param').id, {
      ...(url !== undefined && { url }),
      ...(events && { events }),
      ...(isActive !== undefined && { isActive }),
    });
    return c.json(webhookView(changed), 200);
  });

  app.openapi(routes.remove, async (c) => {
    await webhooks.delete(await account(c), c.req.valid('param').id);
    return c.body(null, 204);
  });

  app.openapi(routes.rotate, async (c) => {
    const { record, secret } = await webhooks.rotate(await account(c), c.req.valid('param').id);
    c.header('Cache-Control', 'no-store');
    return c.json({ ...webhookView(record), secret }, 200);
  });

  app.openapi(routes.test, async (c) => {
    const delivery = await webhooks.test(await account(c), c.req.valid('param').id);
    return c.json(deliveryView(delivery), 202);
  });

  app.openapi(routes.deliveries, async (c) => {
    const { limit, cursor: after } = c.req.valid('query');
    const rows = await webhooks.deliveries(await account(c), c.req.valid('param').id, { limit: limit + 1, after });
    return c.json(rowPage(c, { limit, rows, view: deliveryView }), 200);
  });

  app.openapi(routes.redeliver, async (c) => {
    const { id, deliveryId } = c.req.valid('param');
    return c.json(deliveryView(await webhooks.redeliver(await account(c), id, deliveryId)), 202);
  });

  return app;
}
