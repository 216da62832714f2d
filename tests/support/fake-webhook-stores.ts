import { randomUUID } from 'node:crypto';
import type {
  AttemptResult,
  DeliveryRecord,
  DeliveryStore,
  DueDelivery,
  ListPage,
  WebhookChange,
  WebhookDraft,
  WebhookRecord,
  WebhookStore,
} from '../../src/webhooks/ports.ts';
import type { FakeChannelStore } from './fake-channel-stores.ts';
import { pageOf } from './page-of.ts';

type WebhookRow = WebhookRecord & {
  readonly channelId: string | null;
  readonly sealedSecret: Uint8Array;
  readonly oldSealedSecret: Uint8Array | null;
};

export class FakeWebhookStore implements WebhookStore {
  readonly rows = new Map<string, WebhookRow>();
  readonly channels: FakeChannelStore;

  constructor(channels: FakeChannelStore) {
    this.channels = channels;
  }

  async create(draft: WebhookDraft): Promise<WebhookRecord> {
    const channel = [...this.channels.rows.values()].find(({ id }) => id === draft.channelId);
    const none = { failingSince: null, switchedOffBecause: null, oldSealedSecret: null, oldSecretUntil: null };
    const fresh = { isActive: true, ...none, createdAt: new Date() };
    const row: WebhookRow = { id: randomUUID(), ...fresh, ...draft, channel: channel ? { slug: channel.slug } : null };
    this.rows.set(row.id, row);
    return row;
  }

  async list(userId: string, page: ListPage): Promise<readonly WebhookRecord[]> {
    return pageOf([...this.rows.values()].filter((row) => row.userId === userId).toReversed(), page);
  }

  async byId(userId: string, id: string): Promise<WebhookRecord | undefined> {
    const row = this.rows.get(id);
    return row?.userId === userId ? row : undefined;
  }

  async update(userId: string, id: string, { isActive, ...change }: WebhookChange): Promise<WebhookRecord | undefined> {
    if (!(await this.byId(userId, id))) return undefined;
    this.#change(id, change);
    if (isActive !== undefined) this.#change(id, { isActive, failingSince: null, switchedOffBecause: null });
    return this.rows.get(id);
  }

  async rotate(userId: string, id: string, sealedSecret: Uint8Array, oldUntil: Date) {
    const row = await this.byId(userId, id);
    if (!row) return undefined;
    this.#change(id, {
      sealedSecret,
      oldSealedSecret: this.rows.get(id)?.sealedSecret ?? null,
      oldSecretUntil: oldUntil,
    });
    return this.rows.get(id);
  }

  async delete(userId: string, id: string): Promise<boolean> {
    return this.rows.get(id)?.userId === userId && this.rows.delete(id);
  }

  async succeeded(id: string): Promise<void> {
    this.#change(id, { failingSince: null });
  }

  async failed(id: string, at: Date): Promise<Date> {
    const failingSince = this.rows.get(id)?.failingSince ?? at;
    this.#change(id, { failingSince });
    return failingSince;
  }

  async switchOff(id: string, because: string): Promise<void> {
    this.#change(id, { isActive: false, switchedOffBecause: because });
  }

  #change(id: string, change: Partial<WebhookRow>): void {
    const row = this.rows.get(id);
    if (row) this.rows.set(id, { ...row, ...change });
  }
}

export class FakeDeliveryStore implements DeliveryStore {
  readonly rows = new Map<string, DeliveryRecord & { readonly webhookId: string }>();
  readonly disabledAccounts = new Set<string>();
  /** What came to be delivered, oldest first. */
  readonly jobs: string[] = [];
  readonly #webhooks: FakeWebhookStore;

  constructor(webhooks: FakeWebhookStore) {
    this.#webhooks = webhooks;
  }

  async accept({ channelId, type, body }: { channelId: string; type: string; body: string }): Promise<number> {
    const owner = [...this.#webhooks.channels.rows.values()].find(({ id }) => id === channelId)?.ownerId;
    const listening = [...this.#webhooks.rows.values()].filter(
      (hook) =>
        hook.isActive &&
        hook.events.includes(type) &&
        (hook.channelId === null ? hook.userId === owner : hook.channelId === channelId),
    );
    for (const { id } of listening) await this.acceptFor(id, { type, body });
    return listening.length;
  }

  async acceptFor(webhookId: string, { type, body }: { type: string; body: string }): Promise<DeliveryRecord> {
    const none = { attemptedAt: null, durationMs: null, responseStatus: null, responseBody: null, problem: null };
    const fresh = { status: 'pending', attempts: 0, createdAt: new Date() } as const;
    const row = { id: randomUUID(), webhookId, event: type, body, ...fresh, ...none };
    this.rows.set(row.id, row);
    this.jobs.push(row.id);
    return row;
  }

  async again(webhookId: string, deliveryId: string): Promise<DeliveryRecord | undefined> {
    const row = this.rows.get(deliveryId);
    if (row?.webhookId !== webhookId) return undefined;
    this.jobs.push(deliveryId);
    this.rows.set(deliveryId, { ...row, status: 'pending' });
    return this.rows.get(deliveryId);
  }

  async list(webhookId: string, page: ListPage) {
    return pageOf([...this.rows.values()].filter((row) => row.webhookId === webhookId).toReversed(), page);
  }

  async due(deliveryId: string): Promise<DueDelivery | undefined> {
    const row = this.rows.get(deliveryId);
    const webhook = row && this.#webhooks.rows.get(row.webhookId);
    return webhook && { ...row, webhook: { ...webhook, isAccountDisabled: this.disabledAccounts.has(webhook.userId) } };
  }

  async attempted(deliveryId: string, result: AttemptResult): Promise<void> {
    const row = this.rows.get(deliveryId);
    if (row) this.rows.set(deliveryId, { ...row, ...result, attempts: row.attempts + 1 });
  }

  async forget(before: Date): Promise<number> {
    const old = [...this.rows.values()].filter(({ createdAt }) => createdAt < before);
    for (const { id } of old) this.rows.delete(id);
    return old.length;
  }

  async onDue(): Promise<void> {}
}
