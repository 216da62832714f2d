import { hash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { Turns } from '../../streams/turns.ts';
import type { AppEnv } from '../env.ts';
import { HttpError } from '../errors.ts';

/** What changes by itself: who has not seen the latest of it overwrites nothing. */
const MOVING_FIELDS = new Set([
  ...['live', 'dashUrl', 'thumbnailUrl', 'viewers'],
  ...['renditions', 'progress', 'lastUsedAt', 'failingSince'],
]);
const READS = new Set(['GET', 'HEAD']);
const WRITES = new Set(['PATCH', 'PUT', 'DELETE']);
const TAG_CHARACTERS = 16;

/**
 * RFC 9110 section 13, for every resource at once: an ETag of what a GET shows, `If-None-Match` to be spared what is
 * known, `If-Match` to change only what was seen. `read`: the same address by GET, for whoever asks. Changes of one
 * address wait for each other, so that none comes between the look and the change.
 */
export function preconditions(read: (c: Context<AppEnv>) => Promise<Response>): MiddlewareHandler<AppEnv> {
  const turns = new Turns();
  return async (c, next) => {
    const { method } = c.req;
    if (READS.has(method)) {
      await next();
      await tagAnswer(c, 'private, no-cache');
      const tag = c.res.headers.get('ETag');
      if (tag !== null && isAnyOf(c.req.header('if-none-match'), tag)) c.res = new Response(null, { status: 304 });
      return;
    }
    if (WRITES.has(method)) {
      // A body may take half a minute to come, and nobody is to wait for it.
      await c.req.arrayBuffer();
      await turns.take(c.req.path, async () => {
        const ifMatch = c.req.header('if-match');
        if (ifMatch !== undefined) refuseUnseen(ifMatch, await read(c));
        await next();
      });
      if (method !== 'DELETE') return await tagAnswer(c, 'no-store');
    } else await next();
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
  };
}

/** `caching`: what holds of an answer that says nothing of it. */
async function tagAnswer(c: Context<AppEnv>, caching: string): Promise<void> {
  const { status, headers } = c.res;
  const isJson = headers.get('Content-Type')?.startsWith('application/json');
  if (status !== 200 || !isJson) {
    if (!headers.has('Cache-Control')) c.header('Cache-Control', caching);
    return;
  }
  const text = await c.res.text();
  const told = new Headers(headers);
  if (!told.has('Cache-Control')) told.set('Cache-Control', caching);
  told.set('ETag', tagOf(text));
  // A text goes out as it is, a copy of an answer as a stream. To one that is there Hono would add this one's headers.
  c.res = undefined;
  c.res = new Response(text, { status, headers: told });
}

/** Two parts: what somebody may have changed, and all of it. Only the first has to be known to change it. */
function tagOf(text: string): string {
  const steady = JSON.stringify(JSON.parse(text), (key, value: unknown) =>
    MOVING_FIELDS.has(key) ? undefined : value,
  );
  return `"${hashed(steady)}.${hashed(text)}"`;
}

function hashed(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, TAG_CHARACTERS);
}

function isAnyOf(given: string | undefined, tag: string): boolean {
  return given?.trim() === '*' || tagsIn(given).some((one) => one.replace(/^W\//, '') === tag);
}

/** Throws `changed_meanwhile`. Whoever may not read it may not change it either, and is told so by the route. */
function refuseUnseen(ifMatch: string, current: Response): void {
  if (current.status === 401 || current.status === 403) return;
  const tag = current.headers.get('ETag');
  const isSeen =
    tag !== null && (ifMatch.trim() === '*' || tagsIn(ifMatch).some((one) => steadyPart(one) === steadyPart(tag)));
  if (isSeen) return;
  throw new HttpError('changed_meanwhile', 'This was changed since you read it. Read it again, and decide anew.', {
    headers: tag === null ? {} : { ETag: tag },
  });
}

/** Entity tags, quoted as they are (RFC 9110 section 8.8.3). */
function tagsIn(header = ''): readonly string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

function steadyPart(tag: string): string | undefined {
  return tag.split('.')[0];
}
