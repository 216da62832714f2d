import { z } from 'zod';
import { type Asked, type Command, given } from '../command.ts';
import type { ServerLink } from '../server-link.ts';

const key = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
});
const minted = key.extend({ key: z.string() });

const keysOf = (asked: Asked) => `/channels/${encodeURIComponent(given(asked, 0))}/keys`;

export const keyCommands: readonly Command[] = [
  {
    name: 'key list',
    takes: ['channel'],
    summary: 'The stream keys of a channel, never their secrets.',
    run: async (asked) => {
      const items = await (await asked.server()).list(key, keysOf(asked));
      const rows = items.map(({ name, prefix, id, lastUsedAt, expiresAt }) => ({
        name,
        prefix,
        id,
        'last used': lastUsedAt,
        expires: expiresAt,
      }));
      return { data: items, rows };
    },
  },
  {
    name: 'key add',
    takes: ['channel'],
    summary: 'A new stream key, shown this once.',
    options: {
      name: { type: 'string', help: 'to tell it from others' },
      ttl: { type: 'string', help: 'seconds it is good for; without, for ever' },
    },
    run: async (asked) => {
      const { name = 'admin', ttl } = asked.values;
      const body = { name, ...(ttl !== undefined && { ttlSeconds: Number(ttl) }) };
      return shown(await (await asked.server()).call(minted, 'POST', keysOf(asked), body));
    },
  },
  {
    name: 'key rotate',
    takes: ['channel', 'key'],
    summary: 'A new secret under the same name; who publishes with the old one is cut off.',
    run: async (asked) => {
      const server = await asked.server();
      return shown(await server.call(minted, 'POST', `${keysOf(asked)}/${await idOf(asked, server)}/rotate`, {}));
    },
  },
  {
    name: 'key revoke',
    takes: ['channel', 'key'],
    summary: 'Ends a key, and who publishes with it.',
    run: async (asked) => {
      const server = await asked.server();
      const id = await idOf(asked, server);
      await server.send('DELETE', `/api/v1${keysOf(asked)}/${id}`);
      return { data: { revoked: id }, text: 'Revoked.' };
    },
  },
];

function shown(made: z.infer<typeof minted>) {
  return { data: made, text: `${made.key}\nThe stream key "${made.name}". It is not shown again.` };
}

/** A key is told by its id, its name or its first characters, as long as one alone is meant. */
async function idOf(asked: Asked, server: ServerLink): Promise<string> {
  const word = given(asked, 1);
  const items = await server.list(key, keysOf(asked));
  const meant = items.filter(({ id, name, prefix }) => [id, name, prefix].includes(word));
  const [only] = meant;
  if (only && meant.length === 1) return only.id;
  throw new Error(
    only ? `Several keys are called ${word}: say which by id.` : `There is no key ${word} on this channel.`,
  );
}
