import { Hono } from 'hono';
import type { AppEnv } from './env.ts';

/** Resolves to `true`, or says what is wrong. */
export type HealthCheck = () => Promise<true | string>;

/** By the name of the part. */
export type HealthChecks = Readonly<Record<string, HealthCheck>>;

const SLOWEST_CHECK_MS = 3_000;

/** `/healthz`: the process is up. `/readyz`: each part of it works. */
export function healthRoutes(checks: HealthChecks): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get('/healthz', (c) => c.json({ status: 'ok' }, 200, { 'Cache-Control': 'no-store' }));

  app.get('/readyz', async (c) => {
    const names = Object.keys(checks);
    const states = await Promise.all(Object.values(checks).map(stateOf));
    const parts = Object.fromEntries(names.map((name, index) => [name, states[index]]));
    const isReady = states.every((state) => state === 'ok');
    return c.json({ status: isReady ? 'ok' : 'unready', parts }, isReady ? 200 : 503, { 'Cache-Control': 'no-store' });
  });

  return app;
}

async function stateOf(check: HealthCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('does not answer'), SLOWEST_CHECK_MS);
  });
  try {
    const state = await Promise.race([check(), tooSlow]);
    return state === true ? 'ok' : state;
  } catch {
    return 'failed';
  } finally {
    clearTimeout(timer);
  }
}
