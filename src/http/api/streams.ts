import { z } from '@hono/zod-openapi';
import { StreamError } from '../../streams/errors.ts';
import { HttpError } from '../errors.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, route } from './describe.ts';
import { managedStream } from './managed-stream.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { slugParam } from './schemas.ts';
import { streamSchema, streamView } from './stream-view.ts';

const idParam = z.object({ id: z.uuid() });

const routes = {
  list: route({
    access: { who: 'visitor', scope: 'read' },
    method: 'get',
    path: '/channels/{slug}/streams',
    request: { params: slugParam, query: pageQuery },
    responses: {
      200: answers(pageOf(streamSchema), 'Newest first'),
      ...failure,
    },
  }),
  read: route({
    access: { who: 'anyone', scope: 'read' },
    method: 'get',
    path: '/streams/{id}',
    problems: ['no_stream'],
    request: { params: idParam },
    responses: { 200: answers(streamSchema, 'The stream'), ...failure },
  }),
  remove: route({
    access: { who: 'account', scope: 'streams' },
    method: 'delete',
    path: '/streams/{id}',
    problems: ['no_stream', 'forbidden', 'still_live'],
    summary: 'Takes it out of the history, with all that is known of its viewers; 409 while it goes on',
    request: { params: idParam },
    responses: { 204: { description: 'Gone' }, ...failure },
  }),
};

export function streamRoutes(dependencies: ApiDependencies) {
  const { gate, channels, history } = dependencies;
  const app = apiRouter();

  app.openapi(routes.list, async (c) => {
    const { channel } = c.var.granted;
    const { limit, cursor } = c.req.valid('query');
    const rows = await history.history(channel.id, {
      limit: limit + 1,
      ...(cursor !== undefined && { after: cursor }),
    });
    return c.json(rowPage(c, { limit, rows, view: streamView }), 200);
  });

  app.openapi(routes.read, async (c) => {
    const found = await history.byId(c.req.valid('param').id);
    const channel = found && (await channels.byId(found.channelId));
    if (!channel || !(await gate.maySee(c, channel, { scope: 'read' }))) {
      throw new StreamError('no_stream', 'There is no such stream.');
    }
    return c.json(streamView(found), 200);
  });

  app.openapi(routes.remove, async (c) => {
    const needed = { identity: c.var.granted.identity, scope: 'streams' } as const;
    const { id } = await managedStream(c, c.req.valid('param').id, dependencies, needed);
    if (!(await history.delete(id))) throw new HttpError('still_live', 'This stream goes on: stop it first.');
    return c.body(null, 204);
  });

  return app;
}
