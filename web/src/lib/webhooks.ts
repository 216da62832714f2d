/** Webhooks as the API tells of them. */

export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  /** `null`: all channels of the account. */
  readonly channel: string | null;
  readonly isActive: boolean;
  readonly failingSince: string | null;
  readonly switchedOffBecause: string | null;
}

/** One just made or rotated: the only time that its secret is seen. */
export type MintedWebhook = Webhook & { readonly secret: string };

export interface WebhookDraft {
  readonly url: string;
  readonly events: readonly string[];
  readonly channel?: string;
}

export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly createdAt: string;
  readonly durationMs: number | null;
  readonly responseStatus: number | null;
  readonly responseBody: string | null;
  readonly problem: string | null;
  readonly body: string;
}

/** What can be listened to now. */
export const EVENTS = [
  'stream.started',
  'stream.ended',
  'stream.reconnecting',
  'stream.viewer_peak',
  'advice.raised',
] as const;
