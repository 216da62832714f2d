import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Channel } from '../../channels/ports.ts';
import type { Encoded } from '../../jobs/jobs.ts';
import type { RecordingPart, RecordingRecord } from '../../recording/ports.ts';
import { HttpError } from '../errors.ts';
import { partPath, partType, picturePaths } from '../recording-media.ts';
import type { ApiDependencies } from './dependencies.ts';
import { answers, apiRouter, failure, route } from './describe.ts';
import { renditionsSchema, renditionsView } from './job-views.ts';
import { pageOf, pageQuery, rowPage } from './paging.ts';
import { slugParam } from './schemas.ts';

const part = z
  .object({
    number: z.int(),
    url: z.string().openapi({ description: 'Matroska or WebM, as it came, with byte ranges' }),
    type: z.string(),
    videoCodec: z.string().nullable(),
    hasAudio: z.boolean(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    startedAt: z.iso.datetime(),
    durationMs: z.int(),
    bytes: z.int(),
  })
  .openapi('RecordingPart');

const recording = z
  .object({
    id: z.uuid(),
    channel: z.string().openapi({ description: 'Its slug' }),
    streamId: z.uuid().nullable(),
    title: z.string(),
    state: z.enum(['recording', 'ready', 'failed']),
    problem: z
      .enum(['disk_full', 'disk_slow', 'disk_failed', 'interrupted', 'nothing_came'])
      .nullable()
      .openapi({ description: 'Why it ended before its stream did, or has nothing' }),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    posterUrl: z.string().nullable().openapi({ description: 'A picture of it, WebP; null until one is made' }),
    spriteUrl: z
      .string()
      .nullable()
      .openapi({ description: 'WebVTT whose cues name parts of a sheet of small pictures (`#xywh`), for seeking' }),
    renditions: renditionsSchema,
    durationMs: z.int().openapi({ description: 'Of all parts that are whole' }),
    bytes: z.int(),
    parts: z.array(part).openapi({ description: 'A new one begins where a codec changed' }),
  })
  .openapi('Recording');

const idParam = z.object({ id: z.uuid() });

const routes = {
  list: route({
    access: { who: 'visitor', scope: 'read' },
    method: 'get',
    path: '/channels/{slug}/recordings',
    request: { params: slugParam, query: pageQuery },
    responses: { 200: answers(pageOf(recording), 'Newest first'), ...failure },
  }),
  read: route({
    access: { who: 'anyone', scope: 'read' },
    method: 'get',
    path: '/recordings/{id}',
    request: { params: idParam },
    responses: { 200: answers(recording, 'The recording'), ...failure },
  }),
  remove: route({
    access: { who: 'publisher', scope: 'streams' },
    method: 'delete',
    path: '/recordings/{id}',
    summary: 'With its files. One that is being written ends first',
    request: { params: idParam },
    responses: { 204: { description: 'Gone' }, ...failure },
  }),
};

export function recordingRoutes({ gate, channels, recordings, jobs }: ApiDependencies) {
  const app = apiRouter();

  app.openapi(routes.list, async (c) => {
    const { channel } = c.var.granted;
    const { limit, cursor } = c.req.valid('query');
    const page = { limit: limit + 1, ...(cursor !== undefined && { after: cursor }) };
    const rows = await recordings.list(channel.id, page);
    const encoded = await jobs.encoded(rows.map(({ id }) => id));
    const shown = (row: RecordingRecord) => view(row, channel, encoded.get(row.id) ?? NOT_ENCODED);
    return c.json(rowPage(c, { limit, rows, view: shown }), 200);
  });

  app.openapi(routes.read, async (c) => {
    const { found, channel } = (await visible(c, c.req.valid('param').id)) ?? {};
    if (!found || !channel) throw new HttpError('not_found', 'There is no such recording.');
    const encoded = (await jobs.encoded([found.id])).get(found.id) ?? NOT_ENCODED;
    return c.json(view(found, channel, encoded), 200);
  });

  app.openapi(routes.remove, async (c) => {
    const { found, channel } = (await visible(c, c.req.valid('param').id)) ?? {};
    if (found && channel) {
      await gate.managedChannel(c, channel.slug, { scope: 'streams' });
      await recordings.delete(found.id);
    }
    return c.body(null, 204);
  });

  async function visible(c: Context, id: string): Promise<{ found: RecordingRecord; channel: Channel } | undefined> {
    const found = await recordings.byId(id);
    const channel = found && (await channels.byId(found.channelId));
    return found && channel && (await gate.maySee(c, channel, { scope: 'read' })) ? { found, channel } : undefined;
  }

  return app;
}

const NOT_ENCODED: Encoded = { job: undefined, rungs: [] };

function view(
  { channelId: _, picturesAt, renditionsAt: __, renditionsRun, parts, startedAt, endedAt, ...rest }: RecordingRecord,
  { slug }: Channel,
  encoded: Encoded,
) {
  return {
    ...rest,
    renditions: renditionsView({ id: rest.id, renditionsRun, parts }, encoded),
    ...picturePaths({ id: rest.id, picturesAt }),
    channel: slug,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    durationMs: parts.reduce((sum, { durationMs }) => sum + durationMs, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    parts: parts.map((one) => partView(rest.id, one)),
  };
}

function partView(recordingId: string, { file: _, startedAt, ...rest }: RecordingPart): z.infer<typeof part> {
  return {
    ...rest,
    url: partPath(recordingId, rest.number),
    type: partType(rest),
    startedAt: startedAt.toISOString(),
  };
}
