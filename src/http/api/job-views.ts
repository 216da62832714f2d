import { z } from '@hono/zod-openapi';
import type { Encoded } from '../../jobs/jobs.ts';
import { JOB_KINDS, JOB_STATUSES, type ListedJob } from '../../jobs/ports.ts';
import type { RecordingPart, RecordingRecord } from '../../recording/ports.ts';
import { rungsToChoose, type Size } from '../../renditions/rungs.ts';
import { manifestPath } from '../recording-media.ts';

export const jobSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(JOB_KINDS).openapi({ description: 'Of a recording the first two, of a live stream the others' }),
    status: z.enum(JOB_STATUSES),
    progress: z.number().min(0).max(1).openapi({ description: 'Of the present attempt' }),
    problem: z.string().nullable().openapi({ description: 'Why the last attempt failed, in words' }),
    channel: z.string().openapi({ description: 'Its slug' }),
    recordingId: z.uuid().nullable(),
    streamId: z.uuid().nullable(),
    attempt: z.int().openapi({ description: 'How often it has begun' }),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable().openapi({ description: 'Of the present attempt' }),
    endedAt: z.iso.datetime().nullable(),
  })
  .openapi('Job');

export function jobView({
  channelSlug,
  channelId: _,
  failures: __,
  detail: ___,
  createdAt,
  startedAt,
  endedAt,
  ...rest
}: ListedJob): z.infer<typeof jobSchema> {
  return {
    ...rest,
    channel: channelSlug,
    createdAt: createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  };
}

/** Of the shorter side, as in 720p. */
export const rungSchema = z.object({
  height: z.int().min(120).max(4320).openapi({ description: 'Of the shorter side, as in 720p' }),
  bitrateBps: z.int().min(50_000).max(50_000_000),
});

export const renditionsSchema = z
  .object({
    status: z
      .enum(['none', 'queued', 'running', 'done', 'failed'])
      .openapi({ description: 'Of the last that was asked for' }),
    jobId: z.uuid().nullable(),
    progress: z.number().min(0).max(1),
    manifestUrl: z.string().nullable().openapi({ description: 'DASH; also while it is made anew' }),
    rungs: z.array(rungSchema).openapi({ description: 'Tallest first; none where there is sound alone' }),
    possibleRungs: z
      .array(rungSchema)
      .openapi({ description: 'What to choose from: the usual ones not above its size' }),
  })
  .openapi('Renditions');

export function renditionsView(
  { id, renditionsRun, parts }: Pick<RecordingRecord, 'id' | 'renditionsRun' | 'parts'>,
  { job, rungs }: Encoded,
): z.infer<typeof renditionsSchema> {
  const manifestUrl = manifestPath({ id, renditionsRun });
  const made = manifestUrl === null ? 'none' : 'done';
  return {
    status: job === undefined || job.status === 'cancelled' ? made : job.status,
    jobId: job?.id ?? null,
    progress: job?.progress ?? (made === 'done' ? 1 : 0),
    manifestUrl,
    rungs: rungs.map(({ height, bitrateBps }) => ({ height, bitrateBps })),
    possibleRungs: [...rungsToChoose(parts.flatMap(sizeOfPart))],
  };
}

function sizeOfPart({ width, height }: RecordingPart): readonly Size[] {
  return width === null || height === null ? [] : [{ width, height }];
}
