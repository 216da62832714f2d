import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { JobError } from '../../jobs/errors.ts';
import { KINDS_OF_RECORDINGS } from '../../jobs/jobs.ts';
import { JOB_KINDS, JOB_STATUSES, type ListedJob } from '../../jobs/ports.ts';
import { HttpError } from '../errors.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, jsonBody, route } from './describe.ts';
import { jobSchema, jobView, rungSchema } from './job-views.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';

const MAX_RUNGS = 8;

const idParam = z.object({ id: z.uuid() });
const jobsQuery = pageQuery.extend({
  status: z.enum(JOB_STATUSES).optional(),
  kind: z.enum(JOB_KINDS).optional().openapi({ description: 'Without it, jobs of recordings' }),
  recording: z.uuid().optional(),
});
const wish = z.object({
  rungs: z
    .array(rungSchema)
    .min(1)
    .max(MAX_RUNGS)
    .optional()
    .openapi({ description: 'Those above the recording’s own size are left out. Without it, the usual ones' }),
});

const routes = {
  encode: route({
    access: { who: 'publisher', scope: 'streams' },
    method: 'post',
    path: '/recordings/{id}/renditions',
    problems: ['nothing_recorded', 'job_open', 'bad_rungs', 'forbidden'],
    summary: 'Encodes it in several sizes. Asked for again while that goes on, it is the same job',
    request: { params: idParam, body: jsonBody(wish) },
    responses: { 202: answers(z.object({ jobId: z.uuid() }), 'It is queued, or being done'), ...failure },
  }),
  list: route({
    access: { who: 'publisher', scope: 'streams' },
    method: 'get',
    path: '/jobs',
    summary: 'Of the account’s channels; for the server’s owner, of all',
    request: { query: jobsQuery },
    responses: { 200: answers(pageOf(jobSchema), 'Newest first'), ...failure },
  }),
  read: route({
    access: { who: 'publisher', scope: 'streams' },
    method: 'get',
    path: '/jobs/{id}',
    problems: ['no_job'],
    request: { params: idParam },
    responses: { 200: answers(jobSchema, 'The job'), ...failure },
  }),
  cancel: route({
    access: { who: 'publisher', scope: 'streams' },
    method: 'delete',
    path: '/jobs/{id}',
    summary: 'Cancels it. What has ended stays as it is',
    request: { params: idParam },
    responses: { 204: { description: 'It is not done any more' }, ...failure },
  }),
  retry: route({
    access: { who: 'publisher', scope: 'streams' },
    method: 'post',
    path: '/jobs/{id}/retry',
    problems: ['no_job', 'not_to_retry', 'job_open'],
    request: { params: idParam },
    responses: { 200: answers(jobSchema, 'Queued again'), ...failure },
  }),
};

export function jobRoutes({ gate, channels, recordings, jobs }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.encode, async (c) => {
    const recording = await recordings.byId(c.req.valid('param').id);
    const channel = recording && (await channels.byId(recording.channelId));
    if (!recording || !channel || !(await gate.maySee(c, channel, { scope: 'streams' }))) {
      throw new HttpError('not_found', 'There is no such recording.');
    }
    await gate.managedChannel(c, channel.slug, { scope: 'streams' });
    return c.json({ jobId: (await jobs.encode(recording, c.req.valid('json').rungs)).id }, 202);
  });

  app.openapi(routes.list, async (c) => {
    const { account } = c.var.granted;
    const { limit, cursor, kind, status, recording } = c.req.valid('query');
    const rows = await jobs.list({
      ownerId: account.role === 'owner' ? undefined : account.id,
      kinds: kind === undefined ? KINDS_OF_RECORDINGS : [kind],
      ...{ status, recordingId: recording, limit: limit + 1, after: cursor },
    });
    return c.json(rowPage(c, { limit, rows, view: jobView }), 200);
  });

  app.openapi(routes.read, async (c) => {
    return c.json(jobView(await managed(c, c.req.valid('param').id)), 200);
  });

  app.openapi(routes.cancel, async (c) => {
    const job = await managed(c, c.req.valid('param').id).catch(absentIfNone);
    if (job) await jobs.cancel(job.id);
    return c.body(null, 204);
  });

  app.openapi(routes.retry, async (c) => {
    const { id } = await managed(c, c.req.valid('param').id);
    return c.json(jobView(await jobs.retry(id)), 200);
  });

  /** Throws `no_job`, also for one of a channel that who asks does not manage. */
  async function managed(c: Context, id: string): Promise<ListedJob> {
    const job = await jobs.byId(id);
    const account = await gate.account(c, { scope: 'streams' });
    const channel = job && (await channels.byId(job.channelId));
    const isTheirs = account.role === 'owner' || channel?.ownerId === account.id;
    if (!job || !channel || !isTheirs) throw new JobError('no_job', 'There is no such job.');
    return job;
  }

  return app;
}

function absentIfNone(error: unknown): undefined {
  if (error instanceof JobError && error.code === 'no_job') return undefined;
  throw error;
}
