import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';

/** Lists come a page at a time, each from where the one before ended: what is added meanwhile moves nothing. */

const LONGEST_CURSOR = 200;

/** A query for a page of a list where `position` tells places apart. Clients see a text that tells them nothing. */
function pageBy(position: z.ZodType<string, string>) {
  return z.object({
    limit: z.coerce.number().int().min(1).max(100).default(30),
    cursor: z
      .string()
      .max(LONGEST_CURSOR)
      .transform((cursor, context) => {
        const found = position.safeParse(Buffer.from(cursor, 'base64url').toString());
        if (found.success) return found.data;
        context.addIssue('is none that this list gave out');
        return z.NEVER;
      })
      .optional()
      .openapi({ type: 'string', description: '`nextCursor` of the page before' }),
  });
}

/** Of rows, by their id. */
export const pageQuery = pageBy(z.uuid());
/** Of what is open now, by a text that sorts as the list does. */
export const positionQuery = pageBy(z.string().regex(/^[\w-]{1,100}$/));

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** One row more than the limit was asked for, which tells whether there is a next page. */
export function rowPage<Row extends { readonly id: string }, Item>(
  c: Context,
  { limit, rows, view }: { limit: number; rows: readonly Row[]; view: (row: Row) => Item },
): { items: Item[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const next = rows.length > limit ? page.at(-1)?.id : undefined;
  return { items: page.map(view), nextCursor: nextCursor(c, next) };
}

/** Also as a link (RFC 8288), for clients that follow those. */
export function nextCursor(c: Context, position: string | undefined): string | null {
  if (position === undefined) return null;
  const cursor = Buffer.from(position).toString('base64url');
  const url = new URL(c.req.url);
  url.searchParams.set('cursor', cursor);
  c.header('Link', `<${url.pathname}${url.search}>; rel="next"`, { append: true });
  return cursor;
}
