import { Hono } from 'hono';
import { RenditionError } from '../renditions/errors.ts';
import type { LiveLadders } from '../renditions/live-ladders.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import { callerOf } from './client-address.ts';
import type { AppEnv } from './env.ts';
import type { Gate } from './gate.ts';
import type { Limits } from './limits.ts';
import { limitReport, REPORT_TYPE, readReport } from './play-report.ts';
import { optionsOf } from './signalling.ts';

interface DashViewingOptions {
  readonly gate: Gate;
  readonly ladders: LiveLadders;
  readonly streams: StreamRegistry;
  readonly limits: Limits;
  readonly publicUrl?: URL | undefined;
}

/**
 * Where players of live DASH say that somebody watches, and how it goes for him: what they fetch may come from caches, and
 * tells neither. The URL of a viewing is its credential, as that of a session.
 */
export function dashViewingRoutes(options: DashViewingOptions): Hono<AppEnv> {
  const { gate, ladders, streams, limits, publicUrl } = options;
  const app = new Hono<AppEnv>();

  app.post('/:slug/viewings', async (c) => {
    await limits.count(c, 'viewing');
    const visiting = await gate.visit(c, c.req.param('slug'), { scope: 'read' });
    const { id, slug } = visiting.channel;
    const isOn = ladders.of(id)?.isOver === false;
    if (!isOn) throw new RenditionError('The channel is not live and adaptive.', { code: 'not_adaptive' });
    const viewing = streams.viewings.open({ ...visiting, from: callerOf(c, publicUrl !== undefined) });
    return c.body(null, 201, { Location: `/media/live/${slug}/viewings/${viewing}`, 'Cache-Control': 'no-store' });
  });

  app.options('/:slug/viewings/:id/report', optionsOf(REPORT_TYPE));

  app.post('/:slug/viewings/:id/report', limitReport, async (c) => {
    await limits.count(c, 'signalling');
    const id = c.req.param('id');
    const { isLast, ...report } = await readReport(c);
    await limits.countReport(id);
    streams.viewings.heard(id, report);
    if (isLast) streams.viewings.leave(id);
    return c.body(null, 204);
  });

  return app;
}
