import { z } from '@hono/zod-openapi';
import { WEBHOOK_EVENTS } from '../../webhooks/events.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';
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
const LONGEST_OVERLAP_SECONDS = 7 * 24 * 3600;
const overlap = z.object({
  keepSeconds: z.coerce
    .number()
    .int()
    .min(0)
    .max(LONGEST_OVERLAP_SECONDS)
    .default(24 * 3600)
    .openapi({ description: 'How long the old secret signs too; 0 where it has leaked' }),
});
const idParam = z.object({ id: z.uuid() });

const routes = {
  list: route({
    access: { who: 'publisher', scope: 'webhooks' },
    method: 'get',
    path: '/webhooks',
    request: { query: pageQuery },
    responses: { 200: answers(pageOf(webhookSchema), 'The account’s webhooks, never their secrets'), ...failure },
  }),
  create: route({
    access: { who: 'publisher', scope: 'webhooks' },
    method: 'post',
    path: '/webhooks',
    problems: ['bad_url', 'too_many_webhooks', 'no_channel'],
    summary: 'Deliveries are signed as Standard Webhooks says, with the secret of this answer',
    request: { body: jsonBody(draft) },
    responses: { 201: answers(minted, 'Made'), ...failure },
  }),
  read: route({
    access: { who: 'publisher', scope: 'webhooks' },
    method: 'get',
    path: '/webhooks/{id}',
    problems: ['no_webhook'],
    request: { params: idParam },
    responses: { 200: answers(webhookSchema, 'The webhook, never its secret'), ...failure },
  }),
  update: route({
    access: { who: 'publisher', scope: 'webhooks' },
    method: 'patch',
    path: '/webhooks/{id}',
    problems: ['no_webhook', 'bad_url'],
    request: { params: idParam, body: jsonBody(change) },
    responses: { 200: answers(webhookSchema, 'Changed'), ...failure },
  }),
  remove: route({
    access: { who: 'publisher', scope: 'webhooks' },
    method: 'delete',
    path: '/webhooks/{id}',
    request: { params: idParam },
    responses: { 204: { description: 'Gone, and what was not delivered with it' }, ...failure },
  }),
  rotate: route({
    access: { who: 'publisher', scope: 'webhooks' },
    method: 'post',
    path: '/webhooks/{id}/rotate',
    problems: ['no_webhook'],
    summary: 'A new secret; for a while what is sent is signed with the old one too, so that nothing is missed',
    request: { params: idParam, query: overlap },
    responses: { 200: answers(minted, 'Rotated'), ...failure },
  }),
  test: route({
    access: { who: 'publisher', scope: 'webhooks' },
    method: 'post',
    path: '/webhooks/{id}/test',
    problems: ['no_webhook'],
    summary: 'Sends `webhook.test`',
    request: { params: idParam },
    responses: { 202: answers(deliverySchema, 'On its way'), ...failure },
  }),
  deliveries: route({
    access: { who: 'publisher', scope: 'webhooks' },
    method: 'get',
    path: '/webhooks/{id}/deliveries',
    problems: ['no_webhook'],
    request: { params: idParam, query: pageQuery },
    responses: { 200: answers(pageOf(deliverySchema), 'Of the last 30 days, newest first'), ...failure },
  }),
  redeliver: route({
    access: { who: 'publisher', scope: 'webhooks' },
    method: 'post',
    path: '/webhooks/{id}/deliveries/{deliveryId}/redeliver',
    problems: ['no_webhook', 'no_delivery'],
    summary: 'The same event under the same id once more',
    request: { params: idParam.extend({ deliveryId: z.uuid() }) },
    responses: { 202: answers(deliverySchema, 'On its way'), ...failure },
  }),
};

export function webhookRoutes({ gate, webhooks }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.list, async (c) => {
    const { limit, cursor: after } = c.req.valid('query');
    const rows = await webhooks.list(c.var.granted.account.id, { limit: limit + 1, after });
    return c.json(rowPage(c, { limit, rows, view: webhookView }), 200);
  });

  app.openapi(routes.create, async (c) => {
    const { channel: slug, ...wanted } = c.req.valid('json');
    const { id: userId } = c.var.granted.account;
    const channelId =
      slug === undefined ? null : (await gate.managedChannel(c, slug, { scope: 'webhooks' })).channel.id;
    const { record, secret } = await webhooks.create({ ...wanted, userId, channelId });
    c.header('Cache-Control', 'no-store');
    return c.json({ ...webhookView(record), secret }, 201);
  });

  app.openapi(routes.read, async (c) => {
    return c.json(webhookView(await webhooks.byId(c.var.granted.account.id, c.req.valid('param').id)), 200);
  });

  app.openapi(routes.update, async (c) => {
    const { url, events, isActive } = c.req.valid('json');
    const changed = await webhooks.update(c.var.granted.account.id, c.req.valid('param').id, {
      ...(url !== undefined && { url }),
      ...(events && { events }),
      ...(isActive !== undefined && { isActive }),
    });
    return c.json(webhookView(changed), 200);
  });

  app.openapi(routes.remove, async (c) => {
    await webhooks.delete(c.var.granted.account.id, c.req.valid('param').id);
    return c.body(null, 204);
  });

  app.openapi(routes.rotate, async (c) => {
    const { record, secret } = await webhooks.rotate(
      c.var.granted.account.id,
      c.req.valid('param').id,
      c.req.valid('query'),
    );
    c.header('Cache-Control', 'no-store');
    return c.json({ ...webhookView(record), secret }, 200);
  });

  app.openapi(routes.test, async (c) => {
    const delivery = await webhooks.test(c.var.granted.account.id, c.req.valid('param').id);
    return c.json(deliveryView(delivery), 202);
  });

  app.openapi(routes.deliveries, async (c) => {
    const { limit, cursor: after } = c.req.valid('query');
    const rows = await webhooks.deliveries(c.var.granted.account.id, c.req.valid('param').id, {
      limit: limit + 1,
      after,
    });
    return c.json(rowPage(c, { limit, rows, view: deliveryView }), 200);
  });

  app.openapi(routes.redeliver, async (c) => {
    const { id, deliveryId } = c.req.valid('param');
    return c.json(deliveryView(await webhooks.redeliver(c.var.granted.account.id, id, deliveryId)), 202);
  });

  return app;
}
