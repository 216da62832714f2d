import type { Context } from 'hono';

/** By name: whoever takes anything (a browser's wildcard) has not asked for this. */
export function asksFor(c: Context, type: string): boolean {
  const taken = (c.req.header('accept') ?? '').split(',').map((one) => one.split(';')[0]?.trim().toLowerCase());
  return taken.includes(type);
}
