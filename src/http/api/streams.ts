import { z } from '@hono/zod-openapi';
import type { StreamHistoryRecord } from '../../streams/ports.ts';
import { HttpError } from '../errors.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, route } from './describe.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { slugParam } from './schemas.ts';

const stream = z
  .object({
    id: z.uuid(),
    channelId: z.uuid(),
    title: z.string(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    endReason: z.string().nullable(),
    codecs: z.array(z.string()),
    width: z.int().nullable(),
    height: z.int().nullable(),
    maxWidth: z.int().nullable().openapi({ description: 'Of the largest picture that was sent' }),
    maxHeight: z.int().nullable(),
    peakViewers: z.int(),
    uniqueViewers: z.int().openapi({ description: 'Told apart by address and browser, of which neither is kept' }),
    watchSeconds: z.int().openapi({ description: 'Of all viewers together' }),
    averageIngestBps: z.int().nullable().openapi({ description: 'While something came' }),
    peakIngestBps: z.int().nullable().openapi({ description: 'The most in ten seconds' }),
  })
  .openapi('Stream');

const routes = {
  list: route({
    access: { who: 'visitor', scope: 'read' },
    method: 'get',
    path: '/channels/{slug}/streams',
    request: { params: slugParam, query: pageQuery },
    responses: {
      200: answers(pageOf(stream), 'Newest first'),
      ...failure,
    },
  }),
  read: route({
    access: { who: 'anyone', scope: 'read' },
    method: 'get',
    path: '/streams/{id}',
    request: { params: z.object({ id: z.uuid() }) },
    responses: { 200: answers(stream, 'The stream'), ...failure },
  }),
};

export function streamRoutes({ gate, channels, history }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.list, async (c) => {
    const { channel } = c.var.granted;
    const { limit, cursor } = c.req.valid('query');
    const rows = await history.history(channel.id, {
      limit: limit + 1,
      ...(cursor !== undefined && { after: cursor }),
    });
    return c.json(rowPage(c, { limit, rows, view }), 200);
  });

  app.openapi(routes.read, async (c) => {
    const found = await history.byId(c.req.valid('param').id);
    const channel = found && (await channels.byId(found.channelId));
    if (!channel || !(await gate.maySee(c, channel, { scope: 'read' }))) {
      throw new HttpError('not_found', 'There is no such stream.');
    }
    return c.json(view(found), 200);
  });

  return app;
}

function view({ startedAt, endedAt, codecs, ...rest }: StreamHistoryRecord): z.infer<typeof stream> {
  return {
    ...rest,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    codecs: [...codecs],
  };
}
