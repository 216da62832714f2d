import { z } from '@hono/zod-openapi';
import type { StreamHistoryRecord } from '../../streams/ports.ts';

export const streamSchema = z
  .object({
    id: z.uuid(),
    channelId: z.uuid(),
    title: z.string(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    endReason: z.string().nullable(),
    codecs: z.array(z.string()),
    width: z.int().nullable(),
    height: z.int().nullable(),
    maxWidth: z.int().nullable().openapi({ description: 'Of the largest picture that was sent' }),
    maxHeight: z.int().nullable(),
    peakViewers: z.int(),
    uniqueViewers: z.int().openapi({ description: 'Told apart by address and browser, of which neither is kept' }),
    watchSeconds: z.int().openapi({ description: 'Of all viewers together' }),
    averageIngestBps: z.int().nullable().openapi({ description: 'While something came' }),
    peakIngestBps: z.int().nullable().openapi({ description: 'The most in ten seconds' }),
  })
  .openapi('Stream');

export function streamView({ startedAt, endedAt, codecs, ...rest }: StreamHistoryRecord): z.infer<typeof streamSchema> {
  return {
    ...rest,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    codecs: [...codecs],
  };
}
