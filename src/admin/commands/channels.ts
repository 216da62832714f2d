import { z } from 'zod';
import { type Command, given, insist, UsageError, yes } from '../command.ts';

const channel = z.object({ slug: z.string(), title: z.string(), visibility: z.string(), createdAt: z.string() });
const listed = z.object({ channels: z.array(channel.extend({ state: z.string(), viewers: z.number() })) });

const about = {
  title: { type: 'string', help: 'its name for people' },
  description: { type: 'string', help: 'what happens there' },
  category: { type: 'string', help: 'what it is found under' },
  visibility: { type: 'string', help: 'public, unlisted or private' },
} as const;

export const channelCommands: readonly Command[] = [
  {
    name: 'channel list',
    takes: [],
    summary: 'All channels, private ones too.',
    run: async ({ server }) => {
      const { channels } = await (await server()).ask(listed, 'GET', '/admin/channels');
      const rows = channels.map(({ slug, title, visibility, state, viewers }) => ({
        slug,
        title,
        visibility,
        state,
        viewers,
      }));
      return { data: channels, rows };
    },
  },
  {
    name: 'channel add',
    takes: ['slug'],
    summary: "A new channel, of the server's owner or of another account.",
    options: { ...about, owner: { type: 'string', help: "the account's name" } },
    run: async (asked) => {
      const slug = given(asked, 0);
      const server = await asked.server();
      const draft = { title: slug, ...asked.values, slug };
      const made =
        asked.values['owner'] === undefined
          ? await server.call(channel, 'POST', '/channels', draft)
          : await server.ask(channel, 'POST', '/admin/channels', draft);
      return { data: made, text: `Made ${made.slug}. A stream key for it: npm run admin -- key add ${made.slug}` };
    },
  },
  {
    name: 'channel set',
    takes: ['slug'],
    summary: 'Changes what is said of a channel, and who may see it.',
    options: about,
    run: async (asked) => {
      if (Object.keys(asked.values).length === 0) throw new UsageError('Say what to change: see --help.');
      const path = `/channels/${encodeURIComponent(given(asked, 0))}`;
      const changed = await (await asked.server()).call(channel, 'PATCH', path, asked.values);
      return { data: changed, rows: [changed] };
    },
  },
  {
    name: 'channel delete',
    takes: ['slug'],
    summary: 'Ends its stream, and deletes it with its keys and history.',
    options: yes,
    run: async (asked) => {
      const slug = given(asked, 0);
      insist(asked, `${slug} goes with its keys and all that is known of its streams.`);
      await (await asked.server()).send('DELETE', `/api/v1/channels/${encodeURIComponent(slug)}`);
      return { data: { deleted: slug }, text: `Deleted ${slug}.` };
    },
  },
];
