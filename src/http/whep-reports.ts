import { Hono } from 'hono';
import type { StreamRegistry } from '../streams/registry.ts';
import type { AppEnv } from './env.ts';
import type { Limits } from './limits.ts';
import { limitReport, REPORT_TYPE, readReport } from './play-report.ts';
import { optionsOf } from './signalling.ts';

/** How the answer to a WHEP POST tells of it, as the value of a `Link` header. */
export const reportLink = (session: string) => `<${session}/report>; rel="urn:freshet:whep:ext:report"`;

/** What a player says of itself, below its session's URL. */
export function reportRoutes(streams: StreamRegistry, limits: Limits): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.options('/:id/report', optionsOf(REPORT_TYPE));
  app.post('/:id/report', limitReport, async (c) => {
    await limits.count(c, 'signalling');
    const id = c.req.param('id');
    const { isLast: _, ...report } = await readReport(c);
    await limits.countReport(id);
    streams.played(id, report);
    return c.body(null, 204);
  });

  return app;
}
