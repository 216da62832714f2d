import { z } from 'zod';
import { SCOPES } from '../../accounts/scopes.ts';
import { type Command, given } from '../command.ts';

const token = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
});
const minted = token.extend({ token: z.string() });

export const tokenCommands: readonly Command[] = [
  {
    name: 'token list',
    takes: [],
    summary: "The owner's API tokens, never their secrets.",
    run: async ({ server }) => {
      const items = await (await server()).list(token, '/tokens');
      return {
        data: items,
        rows: items.map(({ name, prefix, id, scopes, lastUsedAt, expiresAt }) => ({
          name,
          prefix,
          id,
          scopes,
          'last used': lastUsedAt,
          expires: expiresAt,
        })),
      };
    },
  },
  {
    name: 'token add',
    takes: ['name'],
    summary: 'A new API token of the owner, shown this once.',
    options: {
      scopes: { type: 'string', help: `what it may do, with commas between: ${SCOPES.join(',')}; without, all` },
      ttl: { type: 'string', help: 'seconds it is good for; without, for ever' },
    },
    run: async (asked) => {
      const { scopes, ttl } = asked.values;
      const draft = {
        name: given(asked, 0),
        ...(scopes !== undefined && { scopes: scopes.split(',').map((scope) => scope.trim()) }),
        ...(ttl !== undefined && { ttlSeconds: Number(ttl) }),
      };
      const made = await (await asked.server()).call(minted, 'POST', '/tokens', draft);
      return { data: made, text: `${made.token}\nThe API token "${made.name}". It is not shown again.` };
    },
  },
  {
    name: 'token revoke',
    takes: ['id'],
    summary: 'Ends an API token.',
    run: async (asked) => {
      const id = given(asked, 0);
      await (await asked.server()).send('DELETE', `/api/v1/tokens/${encodeURIComponent(id)}`);
      return { data: { revoked: id }, text: 'Revoked.' };
    },
  },
];
