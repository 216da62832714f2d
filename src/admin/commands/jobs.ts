import { z } from 'zod';
import { type Command, given } from '../command.ts';

const job = z.object({
  id: z.string(),
  kind: z.string(),
  status: z.string(),
  progress: z.number(),
  problem: z.string().nullable(),
  channel: z.string(),
  recordingId: z.string().nullable(),
  attempt: z.number(),
});

const shareOf = (progress: number) => `${Math.round(progress * 100)} %`;

export const jobCommands: readonly Command[] = [
  {
    name: 'job list',
    takes: [],
    summary: 'What transcoders do with recordings, newest first.',
    options: { status: { type: 'string', help: 'queued, running, done, failed or cancelled alone' } },
    run: async (asked) => {
      const { status } = asked.values;
      const items = await (await asked.server()).list(job, '/jobs', status === undefined ? {} : { status });
      const rows = items.map(({ id, kind, channel, status: now, progress, attempt, problem }) => ({
        ...{ id, kind, channel, status: now },
        progress: shareOf(progress),
        attempts: attempt,
        problem,
      }));
      return { data: items, rows };
    },
  },
  {
    name: 'job cancel',
    takes: ['job'],
    summary: 'Ends it within a second; what it had made is removed.',
    run: async (asked) => {
      const server = await asked.server();
      const id = encodeURIComponent(given(asked, 0));
      await server.send('DELETE', `/api/v1/jobs/${id}`);
      const { status } = await server.call(job, 'GET', `/jobs/${id}`);
      return { data: { id, status }, text: status === 'cancelled' ? 'Cancelled.' : `It had ended before: ${status}.` };
    },
  },
  {
    name: 'job retry',
    takes: ['job'],
    summary: 'Queues again what failed or was cancelled.',
    run: async (asked) => {
      const retried = await (await asked.server()).call(
        job,
        'POST',
        `/jobs/${encodeURIComponent(given(asked, 0))}/retry`,
      );
      return { data: retried, text: 'Queued again.' };
    },
  },
];
