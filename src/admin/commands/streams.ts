import { z } from 'zod';
import { type Command, given } from '../command.ts';

const live = z.object({
  channels: z.array(
    z.object({ slug: z.string(), state: z.string(), viewers: z.number(), startedAt: z.string().nullable() }),
  ),
});

export const streamCommands: readonly Command[] = [
  {
    name: 'stream list',
    takes: [],
    summary: 'What is on.',
    run: async ({ server }) => {
      const { channels } = await (await server()).ask(live, 'GET', '/admin/channels');
      const on = channels.filter(({ state }) => state !== 'offline');
      const rows = on.map(({ slug, state, viewers, startedAt }) => ({
        channel: slug,
        state,
        viewers,
        since: startedAt,
      }));
      return { data: on, rows };
    },
  },
  {
    name: 'stream stop',
    takes: ['channel'],
    summary: 'Ends the stream of a channel. Its encoder may come back: revoke its key first.',
    run: async (asked) => {
      const slug = given(asked, 0);
      await (await asked.server()).send('POST', `/api/v1/channels/${encodeURIComponent(slug)}/live/stop`, {});
      return { data: { stopped: slug }, text: `Stopped ${slug}.` };
    },
  },
];
