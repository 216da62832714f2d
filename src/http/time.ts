import { Hono } from 'hono';
import type { AppEnv } from './env.ts';
import { openToAllOrigins } from './signalling.ts';

/** What time it is here, for players of live DASH (UTCTiming `http-iso`): theirs may be wrong. */
export function timeRoutes(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get('/', openToAllOrigins, (c) => {
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' };
    return c.body(new Date().toISOString(), 200, headers);
  });
  return app;
}
