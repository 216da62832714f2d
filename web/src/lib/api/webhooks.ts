import type { Delivery, MintedWebhook, Webhook, WebhookDraft } from '../webhooks.ts';
import type { Calls, Page } from './call.ts';

export function webhooksApi({ call }: Calls) {
  return {
    webhooks: () => call<{ items: readonly Webhook[] }>('GET', '/webhooks?limit=100').then(({ items }) => items),
    createWebhook: (draft: WebhookDraft) => call<MintedWebhook>('POST', '/webhooks', draft),
    switchWebhook: (id: string, isActive: boolean) => call<Webhook>('PATCH', `/webhooks/${id}`, { isActive }),
    rotateWebhook: (id: string) => call<MintedWebhook>('POST', `/webhooks/${id}/rotate`),
    testWebhook: (id: string) => call<Delivery>('POST', `/webhooks/${id}/test`),
    deleteWebhook: (id: string) => call<void>('DELETE', `/webhooks/${id}`),
    deliveries: (id: string) => call<Page<Delivery>>('GET', `/webhooks/${id}/deliveries?limit=20`),
    redeliver: (id: string, deliveryId: string) =>
      call<Delivery>('POST', `/webhooks/${id}/deliveries/${deliveryId}/redeliver`),
  };
}
