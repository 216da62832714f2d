import { z } from '@hono/zod-openapi';
import { isModerating } from '../../chat/ranks.ts';
import { ChatVisitors } from '../chat-visitors.ts';
import { LiveFeeds } from '../live-feeds.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, route } from './describe.ts';
import { nextCursor, pageOf, positionQuery } from './paging.ts';
import { liveSchema, liveView, slugParam } from './schemas.ts';
import { sessionSchema, sessionView } from './session-view.ts';

const EVENTS =
  'An event stream. A `chat` event has a `type`: `message`, `deleted` (an `id`), `cleared` (all of an `authorId`), `settings`, and ' +
  '`missed` where more was said than was told: read the history. `banned` and `unbanned` name an `authorId`; moderators are told `by` whom. ' +
  'Who comes back with `Last-Event-ID` hears what was said meanwhile; some of it may be known already.';

const routes = {
  read: route({
    access: { who: 'visitor', scope: 'read' },
    method: 'get',
    path: '/channels/{slug}/live',
    request: { params: slugParam },
    responses: { 200: answers(liveSchema, 'What is on now'), ...failure },
  }),
  sessions: route({
    access: { who: 'manager', scope: 'streams' },
    method: 'get',
    path: '/channels/{slug}/live/sessions',
    summary: 'Who publishes and who watches now, and how it goes: the publisher first',
    request: { params: slugParam, query: positionQuery },
    responses: {
      200: answers(pageOf(sessionSchema), 'A page of sessions'),
      ...failure,
    },
  }),
  disconnect: route({
    access: { who: 'manager', scope: 'streams' },
    method: 'delete',
    path: '/channels/{slug}/live/sessions/{id}',
    summary: 'Ends one session, by its `id` in the list; who is not kept out may come back',
    request: { params: slugParam.extend({ id: z.string().max(40) }) },
    responses: { 204: { description: 'It is not there any more' }, ...failure },
  }),
  stop: route({
    access: { who: 'manager', scope: 'streams' },
    method: 'post',
    path: '/channels/{slug}/live/stop',
    summary: 'Ends the stream and its publisher',
    request: { params: slugParam },
    responses: { 204: { description: 'Nobody is live any more' }, ...failure },
  }),
  events: route({
    access: { who: 'visitor', scope: 'read' },
    method: 'get',
    path: '/channels/{slug}/events',
    problems: ['too_many_feeds'],
    summary:
      'Server-sent events: `live` (as GET …/live, the present state first), `viewers`, `layers` and `chat`; `ended` when who listens may not any more',
    request: { params: slugParam, headers: z.object({ 'last-event-id': z.string().max(60).optional() }) },
    responses: { 200: { description: EVENTS, content: { 'text/event-stream': {} } }, ...failure },
  }),
};

export function liveRoutes(dependencies: ApiDependencies) {
  const { streams } = dependencies;
  const app = apiRouter();
  const feeds = new LiveFeeds(dependencies);
  const visitors = new ChatVisitors(dependencies);

  app.openapi(routes.read, async (c) => {
    const { channel } = c.var.granted;
    c.header('Cache-Control', 'no-store');
    return c.json(liveView(streams.live(channel.id)), 200);
  });

  app.openapi(routes.sessions, async (c) => {
    const { channel } = c.var.granted;
    const { limit, cursor: after } = c.req.valid('query');
    const { reports, next } = await streams.sessionReports(channel.id, { limit, after });
    c.header('Cache-Control', 'no-store');
    return c.json({ items: reports.map(sessionView), nextCursor: nextCursor(c, next) }, 200);
  });

  app.openapi(routes.disconnect, async (c) => {
    const { channel } = c.var.granted;
    streams.disconnect(channel.id, c.req.valid('param').id);
    return c.body(null, 204);
  });

  app.openapi(routes.stop, async (c) => {
    const { channel } = c.var.granted;
    streams.stop(channel.id);
    return c.body(null, 204);
  });

  app.openapi(routes.events, async (c) => {
    const { channel, pass } = c.var.granted;
    const author = await visitors.reader(c, channel);
    return feeds.open(c, channel.id, {
      isModerator: author !== undefined && isModerating(author.role),
      pass,
      lastId: c.req.valid('header')['last-event-id'],
    });
  });

  return app;
}
