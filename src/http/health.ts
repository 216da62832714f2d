import { Hono } from 'hono';
import type { AppEnv } from './env.ts';

/** Resolves to `true`, or says what is wrong. */
export type HealthCheck = () => Promise<true | string>;

/** By the name of the part; what is not needed is told and keeps nobody away. */
export type HealthChecks = Readonly<Record<string, HealthCheck | { readonly unneeded: HealthCheck }>>;

const SLOWEST_CHECK_MS = 3_000;

/** `/healthz`: the process is up. `/readyz`: each part of it works. */
export function healthRoutes(checks: HealthChecks): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get('/healthz', (c) => c.json({ status: 'ok' }, 200, { 'Cache-Control': 'no-store' }));

  app.get('/readyz', async (c) => {
    const states = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        const isNeeded = typeof check === 'function';
        return { name, isNeeded, state: await stateOf(isNeeded ? check : check.unneeded) };
      }),
    );
    const parts = Object.fromEntries(states.map(({ name, state }) => [name, state]));
    const isReady = states.every(({ isNeeded, state }) => state === 'ok' || !isNeeded);
    return c.json({ status: isReady ? 'ok' : 'unready', parts }, isReady ? 200 : 503, { 'Cache-Control': 'no-store' });
  });

  return app;
}

/** `ok`, or what is wrong; never rejects, and never takes long. */
export async function stateOf(check: HealthCheck): Promise<string> {
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
