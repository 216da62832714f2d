import { z } from '@hono/zod-openapi';
import { asksFor } from '../accept.ts';
import {
  channelAnalyticsSchema,
  channelAnalyticsView,
  channelCsv,
  streamAnalyticsSchema,
  streamAnalyticsView,
  streamCsv,
} from './analytics-view.ts';
import type { ApiDependencies } from './dependencies.ts';
import { apiRouter, failure, route } from './describe.ts';
import { managedStream } from './managed-stream.ts';
import { slugParam } from './schemas.ts';

const CSV = 'text/csv';
const DAY_MS = 24 * 3600 * 1000;
const USUAL_DAYS = 30;
const MOST_DAYS = 366;

function asJsonOrCsv<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema }, [CSV]: { schema: z.string() } } } as const;
}

const time = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .transform((text) => new Date(text));
const timeQuery = z
  .object({
    from: time.optional().openapi({ type: 'string', description: 'A time or a day; 30 days before `to`' }),
    to: time.optional().openapi({ type: 'string', description: 'A time or a day, itself left out; now' }),
  })
  .transform(({ from, to = new Date() }) => ({ from: from ?? new Date(to.getTime() - USUAL_DAYS * DAY_MS), to }))
  .refine(({ from, to }) => from < to, { message: 'must be before `to`', path: ['from'] })
  .refine(({ from, to }) => to.getTime() - from.getTime() <= MOST_DAYS * DAY_MS, {
    message: `may be ${MOST_DAYS} days before \`to\` at most`,
    path: ['from'],
  });

const routes = {
  ofStream: route({
    access: { who: 'account', scope: 'streams' },
    method: 'get',
    path: '/streams/{id}/analytics',
    problems: ['no_stream', 'forbidden'],
    summary: 'How a stream went: its viewers, its bitrates and what players tell; as CSV its points',
    request: {
      params: z.object({ id: z.uuid() }),
      query: z.object({
        step: z.coerce
          .number()
          .int()
          .min(1)
          .max(7 * 24 * 3600)
          .optional()
          .openapi({ description: 'Seconds of a point; more where that would be over 500 points' }),
      }),
    },
    responses: { 200: asJsonOrCsv(streamAnalyticsSchema, 'Its figures'), ...failure },
  }),
  ofChannel: route({
    access: { who: 'manager', scope: 'streams' },
    method: 'get',
    path: '/channels/{slug}/analytics',
    summary: 'The streams of a channel that began within a time, and what they come to day by day; as CSV the streams',
    request: { params: slugParam, query: timeQuery },
    responses: { 200: asJsonOrCsv(channelAnalyticsSchema, 'Their figures'), ...failure },
  }),
};

/** Charts are drawn from these answers as they are: all that is over time comes in columns. */
export function analyticsRoutes(dependencies: ApiDependencies) {
  const { analytics } = dependencies;
  const app = apiRouter();

  app.openapi(routes.ofStream, async (c) => {
    const needed = { identity: c.var.granted.identity, scope: 'streams' } as const;
    const stream = await managedStream(c, c.req.valid('param').id, dependencies, needed);
    const figures = await analytics.ofStream(stream, c.req.valid('query').step);
    c.header('Cache-Control', 'no-store');
    c.header('Vary', 'Accept', { append: true });
    if (asksFor(c, CSV)) return c.text(streamCsv(figures), 200, { 'Content-Type': CSV });
    return c.json(streamAnalyticsView(stream, figures), 200);
  });

  app.openapi(routes.ofChannel, async (c) => {
    const time = c.req.valid('query');
    const figures = await analytics.ofChannel(c.var.granted.channel.id, time);
    c.header('Cache-Control', 'no-store');
    c.header('Vary', 'Accept', { append: true });
    if (asksFor(c, CSV)) return c.text(channelCsv(figures), 200, { 'Content-Type': CSV });
    return c.json(channelAnalyticsView(figures, time), 200);
  });

  return app;
}
