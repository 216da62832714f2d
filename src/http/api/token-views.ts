import { z } from '@hono/zod-openapi';
import type { ApiTokenRecord, HeldApiToken } from '../../accounts/ports.ts';
import { SCOPES } from '../../accounts/scopes.ts';

const time = z.iso.datetime();

export const tokenSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    createdAt: time,
    lastUsedAt: time.nullable().openapi({ description: 'To the minute' }),
    expiresAt: time.nullable(),
  })
  .openapi('ApiToken');

export const heldTokenSchema = tokenSchema
  .extend({ user: z.object({ id: z.uuid(), name: z.string() }).openapi({ description: 'Whom it acts for' }) })
  .openapi('HeldApiToken');

export function tokenView(token: ApiTokenRecord): z.infer<typeof tokenSchema> {
  const { id, name, prefix, scopes, createdAt, lastUsedAt, expiresAt } = token;
  return {
    id,
    name,
    prefix,
    scopes: [...scopes],
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}

export function heldTokenView(token: HeldApiToken): z.infer<typeof heldTokenSchema> {
  return { ...tokenView(token), user: token.user };
}
