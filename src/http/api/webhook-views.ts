import { z } from '@hono/zod-openapi';
import type { DeliveryRecord, WebhookRecord } from '../../webhooks/ports.ts';

const time = z.iso.datetime();

export const webhookSchema = z
  .object({
    id: z.uuid(),
    url: z.string(),
    events: z.array(z.string()),
    channel: z.string().nullable().openapi({ description: 'Its slug; null: all channels of the account' }),
    isActive: z.boolean(),
    failingSince: time.nullable(),
    switchedOffBecause: z.string().nullable(),
    oldSecretUntil: time
      .nullable()
      .openapi({ description: 'Until then what is sent is signed with the secret before the last rotation too' }),
    createdAt: time,
  })
  .openapi('Webhook');

export const deliverySchema = z
  .object({
    id: z.uuid().openapi({ description: 'The header `webhook-id` is `msg_` and this' }),
    event: z.string(),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int(),
    createdAt: time,
    attemptedAt: time.nullable(),
    durationMs: z.int().nullable(),
    responseStatus: z.int().nullable(),
    responseBody: z.string().nullable().openapi({ description: 'Its first KiB' }),
    problem: z.string().nullable(),
    body: z.string().openapi({ description: 'What is sent, to the byte' }),
  })
  .openapi('WebhookDelivery');

export function webhookView(webhook: WebhookRecord): z.infer<typeof webhookSchema> {
  const { id, url, events, channel, isActive, failingSince, switchedOffBecause, oldSecretUntil, createdAt } = webhook;
  return {
    id,
    url,
    events: [...events],
    channel: channel?.slug ?? null,
    isActive,
    failingSince: failingSince?.toISOString() ?? null,
    switchedOffBecause,
    oldSecretUntil: oldSecretUntil?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

export function deliveryView(delivery: DeliveryRecord): z.infer<typeof deliverySchema> {
  const { id, event, status, attempts, createdAt, attemptedAt, durationMs, body } = delivery;
  const { responseStatus, responseBody, problem } = delivery;
  return {
    id,
    event,
    status,
    attempts,
    createdAt: createdAt.toISOString(),
    attemptedAt: attemptedAt?.toISOString() ?? null,
    durationMs,
    responseStatus,
    responseBody,
    problem,
    body,
  };
}
