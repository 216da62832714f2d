import { z } from '@hono/zod-openapi';
import type { User } from '../../accounts/ports.ts';
import { text } from './schemas.ts';

export const role = z.enum(['owner', 'streamer', 'viewer']);
export const accountSchema = z.object({ id: z.uuid(), name: z.string(), role }).openapi('Account');

/** What people type: read by the rules of accounts, which say what is wrong in words. */
export const name = text.max(200);
export const password = z.string().max(1000);
/** Of a link. */
export const linkToken = z.string().max(200);

export function accountView({ id, name, role }: User): z.infer<typeof accountSchema> {
  return { id, name, role };
}
