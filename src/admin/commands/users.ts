import { z } from 'zod';
import { type Asked, type Command, given, insist, yes } from '../command.ts';
import { readPassword } from '../read-password.ts';
import type { ServerLink } from '../server-link.ts';

const user = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  isDisabled: z.boolean(),
  createdAt: z.string(),
  channels: z.number(),
});
const added = z.object({ id: z.string(), name: z.string(), role: z.string() });
const link = z.object({ url: z.string(), expiresAt: z.string() });

const roleOption = { type: 'string', help: 'viewer, streamer or owner; without, viewer' } as const;

export const userCommands: readonly Command[] = [
  {
    name: 'user list',
    takes: [],
    summary: 'All accounts.',
    run: async ({ server }) => {
      const items = await (await server()).list(user, '/users');
      const rows = items.map(({ name, role, isDisabled, channels, createdAt }) => ({
        name,
        role,
        state: isDisabled ? 'disabled' : 'enabled',
        channels,
        since: createdAt,
      }));
      return { data: items, rows };
    },
  },
  {
    name: 'user add',
    takes: ['name'],
    summary: 'A new account, with a password that is typed or piped in.',
    options: { role: roleOption },
    run: async (asked) => {
      const name = given(asked, 0);
      const password = await readPassword(name);
      const draft = { name, password, role: asked.values['role'] ?? 'viewer' };
      const made = await (await asked.server()).ask(added, 'POST', '/admin/users', draft);
      return { data: made, text: `Made ${made.name}, a ${made.role}.` };
    },
  },
  {
    name: 'user invite',
    takes: [],
    summary: 'A link, shown this once, by which one person makes an account.',
    options: { role: roleOption, ttl: { type: 'string', help: 'seconds it is good for; without, a week' } },
    run: async (asked) => {
      const { role = 'viewer', ttl } = asked.values;
      const draft = { role, ...(ttl !== undefined && { expiresInSeconds: Number(ttl) }) };
      const made = await (await asked.server()).call(link, 'POST', '/invites', draft);
      return { data: made, text: `${made.url}\nIt makes one ${role}, until ${made.expiresAt}. It is not shown again.` };
    },
  },
  {
    name: 'user password',
    takes: ['name'],
    summary: 'Another password, typed or piped in, or a link to choose one by. It ends all logins.',
    options: { link: { type: 'boolean', help: 'make a link that works once, within a day' } },
    run: async (asked) => {
      const server = await asked.server();
      const { id, name } = await userOf(asked, server);
      if (asked.flags.has('link')) {
        const made = await server.call(link, 'POST', `/users/${id}/password-reset`);
        return { data: made, text: `${made.url}\nIt works once, until ${made.expiresAt}. It is not shown again.` };
      }
      await server.send('POST', `/admin/users/${id}/password`, { password: await readPassword(name) });
      return { data: { id, name }, text: `${name} has another password, and is logged in nowhere.` };
    },
  },
  {
    name: 'user role',
    takes: ['name', 'role'],
    summary: 'Makes an account a viewer, streamer or owner.',
    run: (asked) => change(asked, { role: given(asked, 1) }),
  },
  {
    name: 'user disable',
    takes: ['name'],
    summary: 'Ends its logins, API tokens and streams; its keys open nothing until it is enabled.',
    run: (asked) => change(asked, { isDisabled: true }),
  },
  {
    name: 'user enable',
    takes: ['name'],
    summary: 'Lets a disabled account in again.',
    run: (asked) => change(asked, { isDisabled: false }),
  },
  {
    name: 'user delete',
    takes: ['name'],
    summary: 'Deletes an account with its channels, their keys and history, tokens and webhooks.',
    options: yes,
    run: async (asked) => {
      insist(asked, `${given(asked, 0)} goes with all channels of that account.`);
      const server = await asked.server();
      const { id, name } = await userOf(asked, server);
      await server.send('DELETE', `/api/v1/users/${id}`);
      return { data: { deleted: name }, text: `Deleted ${name}.` };
    },
  },
];

async function change(asked: Asked, to: { role?: string; isDisabled?: boolean }) {
  const server = await asked.server();
  const { id } = await userOf(asked, server);
  const changed = await server.call(user, 'PATCH', `/users/${id}`, to);
  const { name, role, isDisabled } = changed;
  return { data: changed, text: `${name} is a ${role}${isDisabled ? ', disabled' : ''}.` };
}

/** By name, as people log in: whatever the case. */
async function userOf(asked: Asked, server: ServerLink): Promise<z.infer<typeof user>> {
  const word = given(asked, 0);
  const folded = (name: string) => name.trim().normalize('NFKC').toLowerCase();
  const found = (await server.list(user, '/users')).find(({ name }) => folded(name) === folded(word));
  if (!found) throw new Error(`There is no account ${word}.`);
  return found;
}
