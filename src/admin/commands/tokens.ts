import { z } from 'zod';
import { type Command, given } from '../command.ts';

const token = z.object({ id: z.string(), name: z.string(), prefix: z.string(), createdAt: z.string() });
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
        rows: items.map(({ name, prefix, id, createdAt }) => ({ name, prefix, id, made: createdAt })),
      };
    },
  },
  {
    name: 'token add',
    takes: ['name'],
    summary: 'A new API token of the owner, shown this once.',
    run: async (asked) => {
      const made = await (await asked.server()).call(minted, 'POST', '/tokens', { name: given(asked, 0) });
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
