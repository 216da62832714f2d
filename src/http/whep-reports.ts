import { z } from '@hono/zod-openapi';
import { Hono } from 'hono';
import type { StreamRegistry } from '../streams/registry.ts';
import { limitBody } from './body-limit.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import type { Limits } from './limits.ts';
import { optionsOf } from './signalling.ts';

const JSON_TYPE = 'application/json';
const MAX_BODY_BYTES = 2048;
const WEEK_MS = 7 * 24 * 3600 * 1000;

/** How the answer to a WHEP POST tells of it, as the value of a `Link` header. */
export const reportLink = (session: string) => `<${session}/report>; rel="urn:freshet:whep:ext:report"`;

const milliseconds = z.number().min(0).max(WEEK_MS).transform(Math.round);
/** All counted since the session began. What else a player says is passed over. */
const reportSchema = z.object({
  joinMs: milliseconds.optional(),
  stalls: z.int().min(0).max(1_000_000).default(0),
  stalledMs: milliseconds.default(0),
  height: z.int().min(1).max(16_384).optional(),
});

/**
 * What a player says of itself, below its session's URL. By `navigator.sendBeacon` a text has no other type than its own,
 * so the type is not looked at; the body is JSON whatever it is called.
 */
export function reportRoutes(streams: StreamRegistry, limits: Limits): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.options('/:id/report', optionsOf(JSON_TYPE));
  app.post('/:id/report', limitBody(MAX_BODY_BYTES), async (c) => {
    await limits.count(c, 'signalling');
    const id = c.req.param('id');
    const body = await c.req.json<unknown>().catch(() => undefined);
    const report = reportSchema.safeParse(body);
    if (!report.success) {
      const fields = report.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
      throw new HttpError('invalid_fields', 'The body must be a report in JSON.', { fields });
    }
    await limits.countReport(id);
    streams.played(id, report.data);
    return c.body(null, 204);
  });

  return app;
}
