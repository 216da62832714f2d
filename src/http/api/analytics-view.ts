import { z } from '@hono/zod-openapi';
import type { ChannelFigures, StreamFigures } from '../../analytics/analytics.ts';
import type { StreamHistoryRecord } from '../../streams/ports.ts';
import { csv } from '../csv.ts';
import { streamSchema, streamView } from './stream-view.ts';

const figures = z.array(z.number().nullable());

export const streamAnalyticsSchema = z
  .object({
    stream: streamSchema,
    isLive: z.boolean().openapi({ description: 'Then all of it is as of now, and the newest point goes on growing' }),
    liveSeconds: z.int(),
    stepSeconds: z.int().openapi({ description: 'What each point stands for' }),
    series: z
      .object({
        at: z.array(z.int()).openapi({ description: 'When each step began, in seconds of Unix time' }),
        viewers: figures.openapi({ description: 'The most at once' }),
        ingestBps: figures,
        egressBps: figures.openapi({ description: 'Sent to all viewers together, without what was sent again' }),
        lossShare: figures.openapi({ description: 'Of what was published, lost on the way here, 0 to 1' }),
        framesPerSecond: figures,
      })
      .openapi({ description: 'In columns of the same length; null where nothing is known' }),
    viewers: z.object({
      sessions: z.int(),
      unique: z.int(),
      peak: z.int(),
      average: z.number().openapi({ description: 'At once' }),
      watchSeconds: z.int(),
      secondsEach: z.int().openapi({ description: 'Watch time of one session on average' }),
    }),
    join: z
      .object({ reports: z.int(), p50Ms: z.int().nullable(), p95Ms: z.int().nullable() })
      .openapi({ description: 'From the request to the first picture, as players tell' }),
    stalls: z
      .object({
        reports: z.int(),
        count: z.int(),
        stalledMs: z.int(),
        ratio: z.number().nullable().openapi({ description: 'Of the time watched, 0 to 1' }),
      })
      .openapi({ description: 'When the picture stood still, as players tell' }),
    leaveReasons: z.array(z.object({ reason: z.string(), viewers: z.int() })),
    clients: z.array(z.object({ client: z.string(), viewers: z.int() })),
    heights: z.array(z.object({ height: z.int(), viewers: z.int() })),
  })
  .openapi('StreamAnalytics');

export const channelAnalyticsSchema = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    totals: z.object({
      streams: z.int(),
      liveSeconds: z.int(),
      peakViewers: z.int(),
      uniqueViewers: z.int().openapi({ description: 'Added up over streams: who watched two counts twice' }),
      watchSeconds: z.int(),
    }),
    days: z
      .object({
        at: z.array(z.int()).openapi({ description: 'When each day (UTC) began, in seconds of Unix time' }),
        streams: z.array(z.int()),
        liveSeconds: z.array(z.int()),
        peakViewers: z.array(z.int()),
        uniqueViewers: z.array(z.int()),
        watchSeconds: z.array(z.int()),
      })
      .openapi({ description: 'In columns of the same length. A stream counts for the day on which it began' }),
    streams: z.array(streamSchema).openapi({ description: 'Newest first' }),
    isComplete: z
      .boolean()
      .openapi({ description: 'False: there are more than a thousand, and the oldest are missing' }),
  })
  .openapi('ChannelAnalytics');

export function streamAnalyticsView(
  stream: StreamHistoryRecord,
  { audience, liveSeconds, stepSeconds, series }: StreamFigures,
): z.infer<typeof streamAnalyticsSchema> {
  const { sessions, join, stalls } = audience;
  const { uniqueViewers: unique, peakViewers: peak, watchSeconds } = stream;
  return {
    stream: streamView(stream),
    isLive: stream.endedAt === null,
    liveSeconds,
    stepSeconds,
    series: series,
    viewers: {
      sessions,
      unique,
      peak,
      average: liveSeconds === 0 ? 0 : Math.round((watchSeconds / liveSeconds) * 100) / 100,
      watchSeconds,
      secondsEach: sessions === 0 ? 0 : Math.round(watchSeconds / sessions),
    },
    join,
    stalls: {
      reports: stalls.reports,
      count: stalls.count,
      stalledMs: stalls.stalledMs,
      ratio: stalls.watchedMs === 0 ? null : Math.round((stalls.stalledMs / stalls.watchedMs) * 10_000) / 10_000,
    },
    leaveReasons: mostFirst(audience.leaveReasons).map(([reason, viewers]) => ({ reason, viewers })),
    clients: mostFirst(audience.clients).map(([client, viewers]) => ({ client, viewers })),
    heights: mostFirst(audience.heights).map(([height, viewers]) => ({ height: Number(height), viewers })),
  };
}

export function channelAnalyticsView(
  { totals, days, streams, isComplete }: ChannelFigures,
  { from, to }: { from: Date; to: Date },
): z.infer<typeof channelAnalyticsSchema> {
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    totals,
    days: days,
    streams: streams.map(streamView),
    isComplete,
  };
}

export function streamCsv({ series }: StreamFigures): string {
  const { at, viewers, ingestBps, egressBps, lossShare, framesPerSecond } = series;
  const columns = { viewers, ingestBps, egressBps, lossShare, framesPerSecond };
  return csv(
    ['at', ...Object.keys(columns)],
    at.map((seconds, index) => [
      new Date(seconds * 1000).toISOString(),
      ...Object.values(columns).map((column) => column[index] ?? null),
    ]),
  );
}

export function channelCsv({ streams }: ChannelFigures): string {
  const rows = streams.map(streamView).map(({ codecs, ...stream }) => ({ ...stream, codecs: codecs.join(' ') }));
  const names = Object.keys(streamSchema.shape) as (keyof z.infer<typeof streamSchema>)[];
  return csv(
    names,
    rows.map((row) => names.map((name) => row[name])),
  );
}

function mostFirst(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts).toSorted(([a, most], [b, more]) => more - most || (a < b ? -1 : 1));
}
