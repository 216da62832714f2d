import { z } from '@hono/zod-openapi';
import type { Channel } from '../../channels/ports.ts';
import type { Author } from '../../chat/ports.ts';
import { isModerating } from '../../chat/ranks.ts';
import { ChatVisitors } from '../chat-visitors.ts';
import { authorSchema, keptMessageSchema, keptMessageView, messageSchema, messageView } from './chat-views.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { chatMode, slugParam, text } from './schemas.ts';

/** Much longer than what may be said: that is checked with what is left once it is cleaned. */
const raw = text.max(4_000);

const standing = z
  .object({
    // Of a shape with a name, `nullable` is not said as it is meant.
    me: z.union([authorSchema, z.null()]).openapi({ description: '`null` for who has no name yet' }),
    mayModerate: z.boolean(),
    ban: z.object({ until: z.iso.datetime().nullable(), reason: z.string() }).nullable(),
    waitSeconds: z.int().openapi({ description: 'How long slow mode lasts for you from now' }),
    chat: chatMode,
    slowModeSeconds: z.int(),
    chatLinks: z.boolean(),
  })
  .openapi('ChatStanding');

const routes = {
  history: route({
    access: { who: 'visitor', scope: 'read' },
    method: 'get',
    path: '/channels/{slug}/chat',
    summary: 'What was said, for as long as the server keeps it',
    request: {
      params: slugParam,
      query: pageQuery.extend({ before: z.uuid().optional().openapi({ description: 'The id of a message' }) }),
    },
    responses: { 200: answers(pageOf(keptMessageSchema), 'A page of messages, newest first'), ...failure },
  }),
  standing: route({
    access: { who: 'visitor', scope: 'read' },
    method: 'get',
    path: '/channels/{slug}/chat/me',
    summary: 'Who you are in this chat, and what you may do',
    request: { params: slugParam },
    responses: { 200: answers(standing, 'How you stand'), ...failure },
  }),
  say: route({
    access: { who: 'visitor', scope: 'chat' },
    method: 'post',
    path: '/channels/{slug}/chat',
    problems: [
      'not_set_up',
      'name_needed',
      'chat_off',
      'accounts_only',
      'banned',
      'name_taken',
      'bad_message',
      'too_fast',
    ],
    summary: 'Says something. Too much at once is answered 429, and `Retry-After` says how long to wait',
    request: { params: slugParam, body: jsonBody(z.object({ text: raw })) },
    responses: { 201: answers(messageSchema, 'Said'), ...failure },
  }),
  clear: route({
    access: { who: 'moderator', scope: 'chat' },
    method: 'delete',
    path: '/channels/{slug}/chat/authors/{id}',
    problems: ['not_yours_to_moderate'],
    summary: 'Deletes all that one author said',
    request: { params: slugParam.extend({ id: z.uuid() }) },
    responses: { 204: { description: 'Gone' }, ...failure },
  }),
  remove: route({
    access: { who: 'anyone', scope: 'chat' },
    method: 'delete',
    path: '/chat/{id}',
    problems: ['not_set_up', 'name_needed', 'not_yours_to_moderate'],
    summary: 'Deletes a message: one’s own, or as a moderator',
    request: { params: z.object({ id: z.uuid() }) },
    responses: { 204: { description: 'Gone' }, ...failure },
  }),
  name: route({
    access: { who: 'anyone', scope: 'none' },
    method: 'put',
    path: '/chat/guest',
    problems: ['bad_guest_name', 'name_taken'],
    summary:
      'The name of who writes without an account, kept in a cookie; no account’s name, nor one that looks like it',
    request: { body: jsonBody(z.object({ name: raw })) },
    responses: { 200: answers(authorSchema, 'The guest'), ...failure },
  }),
};

export function chatRoutes(dependencies: ApiDependencies) {
  const { chat, bans, limits } = dependencies;
  const app = apiRouter();
  const visitors = new ChatVisitors(dependencies);

  app.openapi(routes.history, async (c) => {
    const { channel } = c.var.granted;
    const { limit, cursor, before = cursor } = c.req.valid('query');
    const author = await visitors.reader(c, channel);
    const withDeleted = author !== undefined && isModerating(author.role);
    const rows = await chat.history(channel.id, { limit: limit + 1, before, withDeleted });
    c.header('Cache-Control', 'no-store');
    return c.json(rowPage(c, { limit, rows, view: keptMessageView }), 200);
  });

  app.openapi(routes.standing, async (c) => {
    const { channel } = c.var.granted;
    const me = await visitors.reader(c, channel);
    const address = visitors.address(c);
    c.header('Cache-Control', 'no-store');
    return c.json(me ? await standingOf(channel, me, address) : strangersStanding(channel), 200);
  });

  app.openapi(routes.say, async (c) => {
    await limits.count(c, 'chat');
    const { channel } = c.var.granted;
    const speaker = await visitors.speaker(c, channel);
    return c.json(messageView(await chat.say(channel, speaker, c.req.valid('json').text)), 201);
  });

  app.openapi(routes.clear, async (c) => {
    const { channel, account } = c.var.granted;
    await chat.clear(channel.id, c.req.valid('param').id, await visitors.as(account, channel));
    return c.body(null, 204);
  });

  app.openapi(routes.remove, async (c) => {
    const message = await chat.message(c.req.valid('param').id);
    const channel = await visitors.channelOf(c, message.channelId);
    const { author } = await visitors.speaker(c, channel);
    await chat.delete(message, author);
    return c.body(null, 204);
  });

  app.openapi(routes.name, async (c) => {
    await limits.count(c, 'guestName');
    return c.json(visitors.rename(c, await chat.guestName(c.req.valid('json').name)), 200);
  });

  async function standingOf(channel: Channel, me: Author, address: string | undefined) {
    const ban = await bans.of(channel.id, { author: me, address });
    return {
      ...strangersStanding(channel),
      me,
      mayModerate: isModerating(me.role),
      ban: ban ? { until: ban.expiresAt?.toISOString() ?? null, reason: ban.reason } : null,
      waitSeconds: Math.ceil(chat.slowModeWaitMs(channel, me) / 1000),
    };
  }

  return app;
}

function strangersStanding({ chat, slowModeSeconds, chatLinks }: Channel): z.infer<typeof standing> {
  return { me: null, mayModerate: false, ban: null, waitSeconds: 0, chat, slowModeSeconds, chatLinks };
}
