import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../env.ts';
import { isAbsence } from '../errors.ts';

/**
 * A DELETE says how things are to be afterwards: one of what is gone, or was never there for whoever asks, is answered
 * as the one that made it so. A client that lost the first answer may ask again.
 */
export const idempotentDelete: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  if (c.req.method === 'DELETE' && isAbsence(c.error)) c.res = new Response(null, { status: 204 });
};
