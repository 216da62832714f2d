/** What a webhook can be told of. */
export const WEBHOOK_EVENTS = [
  'stream.started',
  'stream.ended',
  'stream.reconnecting',
  'stream.viewer_peak',
  'advice.raised',
  'recording.ready',
  'recording.failed',
  'job.done',
  'job.failed',
] as const;

export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Sent when somebody asks for it, whatever the webhook listens to. */
export const TEST_EVENT = 'webhook.test';

/** A payload as Standard Webhooks lays it out; made once, since what is signed is its bytes. */
export function eventBody(type: WebhookEvent | typeof TEST_EVENT, at: Date, data: object): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), data });
}
