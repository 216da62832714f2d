import { z } from '@hono/zod-openapi';
import { ChatVisitors } from '../chat-visitors.ts';
import { banSchema, banView } from './chat-views.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { slugParam, text } from './schemas.ts';

const LONGEST_SECONDS = 366 * 24 * 3600;

const newBan = z.object({
  authorId: z.uuid().openapi({ description: 'Of somebody who wrote on this channel' }),
  seconds: z.int().min(1).max(LONGEST_SECONDS).nullable().default(null).openapi({ description: '`null`: for ever' }),
  reason: text.trim().max(200).default('').openapi({ description: 'Told to who is banned' }),
  deleteMessages: z.boolean().default(false),
});

const routes = {
  list: route({
    access: { who: 'moderator', scope: 'chat' },
    method: 'get',
    path: '/channels/{slug}/bans',
    summary: 'Who may not write on this channel now',
    request: { params: slugParam, query: pageQuery },
    responses: { 200: answers(pageOf(banSchema), 'A page of bans, newest first'), ...failure },
  }),
  create: route({
    access: { who: 'moderator', scope: 'chat' },
    method: 'post',
    path: '/channels/{slug}/bans',
    problems: ['no_author', 'not_yours_to_moderate'],
    summary: 'Bans an account, or a guest and guests of the same address, in place of an earlier ban',
    request: { params: slugParam, body: jsonBody(newBan) },
    responses: { 201: answers(banSchema, 'Banned'), ...failure },
  }),
  remove: route({
    access: { who: 'moderator', scope: 'chat' },
    method: 'delete',
    path: '/channels/{slug}/bans/{id}',
    request: { params: slugParam.extend({ id: z.uuid() }) },
    responses: { 204: { description: 'May write again' }, ...failure },
  }),
};

export function banRoutes(dependencies: ApiDependencies) {
  const { chat, bans } = dependencies;
  const app = apiRouter();
  const visitors = new ChatVisitors(dependencies);

  app.openapi(routes.list, async (c) => {
    const { channel } = c.var.granted;
    const { limit, cursor } = c.req.valid('query');
    const rows = await bans.list(channel.id, { limit: limit + 1, after: cursor });
    return c.json(rowPage(c, { limit, rows, view: banView }), 200);
  });

  app.openapi(routes.create, async (c) => {
    const { channel, account } = c.var.granted;
    const actor = await visitors.as(account, channel);
    const { authorId, seconds, reason, deleteMessages } = c.req.valid('json');
    const target = await visitors.today(await chat.author(channel.id, authorId), channel);
    const ban = await chat.ban(channel.id, { target, actor, seconds: seconds ?? undefined, reason });
    if (deleteMessages) await chat.clear(channel.id, authorId, actor);
    return c.json(banView(ban), 201);
  });

  app.openapi(routes.remove, async (c) => {
    const { channel, account } = c.var.granted;
    const actor = await visitors.as(account, channel);
    await chat.unban(channel.id, c.req.valid('param').id, actor);
    return c.body(null, 204);
  });

  return app;
}
