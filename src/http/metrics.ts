import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Metrics } from '../metrics/metrics.ts';
import type { Auth } from './auth.ts';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';
import { isLocalRequest } from './local-request.ts';

/** `/metrics`, for whoever is on this machine or has the administrator's token. */
export function metricsRoutes(metrics: Metrics, auth: Auth): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get('/metrics', async (c) => {
    if (c.req.header('authorization') !== undefined || !isLocalRequest(c)) {
      const identity = await auth.required(c);
      if (identity.kind !== 'admin') throw new HttpError('forbidden', "This needs the administrator's token.");
    }
    return c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' });
  });
  return app;
}

/** Counts every request by the route that answered it. */
export function countRequests(metrics: Metrics): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const startMs = performance.now();
    await next();
    const { method } = c.req;
    const route = routePath(c);
    const answered = (status: number) =>
      metrics.http.answered({ method, route, status, seconds: (performance.now() - startMs) / 1000 });
    const outgoing = c.env?.outgoing;
    // The site writes its answers itself, and later.
    if (c.res === RESPONSE_ALREADY_SENT && outgoing) {
      outgoing.once('close', () => answered(outgoing.statusCode));
    } else {
      answered(c.res.status);
    }
  };
}
