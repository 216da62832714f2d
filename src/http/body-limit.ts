import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { AppEnv } from './env.ts';
import { HttpError } from './errors.ts';

/** What says that it is longer is refused at once; its connection is closed soon after. */
const MAX_READ_AWAY_BYTES = 4 * 1024 * 1024;

/**
 * Refuses what is longer. What was sent nevertheless is read away first: a client that is still sending would see its
 * connection break, and never read why.
 */
export function limitBody(maxBytes: number): MiddlewareHandler<AppEnv> {
  return bodyLimit({
    maxSize: maxBytes,
    onError: async (c) => {
      await readAway(c.req.raw);
      throw new HttpError('body_too_large', `The body may have at most ${maxBytes} bytes.`);
    },
  });
}

/** A body without a length is being read by somebody else already. */
async function readAway({ headers, body }: Request): Promise<void> {
  const bytes = Number(headers.get('content-length') ?? Number.NaN);
  if (!body || body.locked || !(bytes <= MAX_READ_AWAY_BYTES)) return;
  const reader = body.getReader();
  while (!(await reader.read()).done);
}
