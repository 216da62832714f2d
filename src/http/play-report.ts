import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { limitBody } from './body-limit.ts';
import { HttpError } from './errors.ts';

export const REPORT_TYPE = 'application/json';
const MAX_BODY_BYTES = 2048;
const WEEK_MS = 7 * 24 * 3600 * 1000;

const milliseconds = z.number().min(0).max(WEEK_MS).transform(Math.round);
/** All counted since the session began. `isLast`: with it the viewer leaves. What else a player says is passed over. */
const reportSchema = z.object({
  joinMs: milliseconds.optional(),
  stalls: z.int().min(0).max(1_000_000).default(0),
  stalledMs: milliseconds.default(0),
  height: z.int().min(1).max(16_384).optional(),
  isLast: z.boolean().default(false),
});

export const limitReport = limitBody(MAX_BODY_BYTES);

/**
 * What a player says of itself. By `navigator.sendBeacon` a text has no other type than its own, so the type is not looked
 * at; the body is JSON whatever it is called. Throws `invalid_fields`.
 */
export async function readReport(c: Context): Promise<z.output<typeof reportSchema>> {
  const body = await c.req.json<unknown>().catch(() => undefined);
  const report = reportSchema.safeParse(body);
  if (report.success) return report.data;
  const fields = report.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new HttpError('invalid_fields', 'The body must be a report in JSON.', { fields });
}
