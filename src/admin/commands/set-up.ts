import { z } from 'zod';
import type { Command } from '../command.ts';
import { ServerLink } from '../server-link.ts';

const link = z.object({ url: z.string().nullable() });

export const setUpCommands: readonly Command[] = [
  {
    name: 'setup-link',
    takes: [],
    summary: "The link by which the owner's account is made, while there is none.",
    run: async ({ config }) => {
      const running = await ServerLink.toRunning(config);
      if (!running) throw new Error('No server runs. It prints the link when it starts.');
      const { url } = await running.ask(link, 'GET', '/admin/setup-link');
      if (url === null) throw new Error('This server has its owner already.');
      return { data: { url }, text: url };
    },
  },
];
