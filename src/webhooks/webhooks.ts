import { WebhookError } from './errors.ts';
import { eventBody, TEST_EVENT, type WebhookEvent } from './events.ts';
import type { DeliveryRecord, DeliveryStore, ListPage, SecretKeeper, WebhookRecord, WebhookStore } from './ports.ts';
import { mintSigningSecret } from './signing.ts';
import { checkTarget } from './targets.ts';

const MAX_PER_USER = 20;

/** A webhook at the one moment its secret can be read. */
export interface MintedWebhook {
  readonly record: WebhookRecord;
  readonly secret: string;
}

interface WebhooksOptions {
  readonly store: WebhookStore;
  readonly deliveries: DeliveryStore;
  readonly secrets: SecretKeeper;
  readonly isPrivateAllowed: boolean;
  readonly now?: () => Date;
}

/** Who wants to be told of what, and where. */
export class Webhooks {
  readonly #options: WebhooksOptions;

  constructor(options: WebhooksOptions) {
    this.#options = options;
  }

  /** Throws `bad_url` and `too_many_webhooks`. `channelId` `null`: all channels of the user. */
  async create(draft: {
    userId: string;
    channelId: string | null;
    url: string;
    events: readonly WebhookEvent[];
  }): Promise<MintedWebhook> {
    const { store, secrets } = this.#options;
    this.#check(draft.url);
    if ((await store.list(draft.userId, { limit: MAX_PER_USER })).length >= MAX_PER_USER) {
      throw new WebhookError('too_many_webhooks', `An account may have ${MAX_PER_USER} webhooks.`);
    }
    const secret = mintSigningSecret();
    return { record: await store.create({ ...draft, sealedSecret: secrets.seal(secret) }), secret };
  }

  list(userId: string, page: ListPage): Promise<readonly WebhookRecord[]> {
    return this.#options.store.list(userId, page);
  }

  /** Throws `no_webhook`. */
  async byId(userId: string, id: string): Promise<WebhookRecord> {
    return found(await this.#options.store.byId(userId, id));
  }

  /** Throws `bad_url` and `no_webhook`. */
  async update(
    userId: string,
    id: string,
    change: Partial<{ url: string; events: readonly WebhookEvent[]; isActive: boolean }>,
  ): Promise<WebhookRecord> {
    if (change.url !== undefined) this.#check(change.url);
    return found(await this.#options.store.update(userId, id, change));
  }

  /** What is sent within `keepSeconds` is signed with the old secret too. Throws `no_webhook`. */
  async rotate(userId: string, id: string, { keepSeconds }: { keepSeconds: number }): Promise<MintedWebhook> {
    const { store, secrets } = this.#options;
    const secret = mintSigningSecret();
    const oldUntil = new Date(this.#now().getTime() + keepSeconds * 1000);
    return { record: found(await store.rotate(userId, id, secrets.seal(secret), oldUntil)), secret };
  }

  /** Throws `no_webhook`. */
  async delete(userId: string, id: string): Promise<void> {
    if (!(await this.#options.store.delete(userId, id))) throw noWebhook();
  }

  /** Throws `no_webhook`. */
  async test(userId: string, id: string): Promise<DeliveryRecord> {
    const webhook = await this.byId(userId, id);
    const body = eventBody(TEST_EVENT, this.#now(), { webhook: { id, url: webhook.url } });
    return await this.#options.deliveries.acceptFor(id, { type: TEST_EVENT, body });
  }

  /** Throws `no_webhook`. */
  async deliveries(userId: string, id: string, page: ListPage): Promise<readonly DeliveryRecord[]> {
    await this.byId(userId, id);
    return await this.#options.deliveries.list(id, page);
  }

  /** The same event once more, under the same id: a receiver may know it already. Throws `no_webhook` and `no_delivery`. */
  async redeliver(userId: string, id: string, deliveryId: string): Promise<DeliveryRecord> {
    await this.byId(userId, id);
    const delivery = await this.#options.deliveries.again(id, deliveryId);
    if (!delivery) throw new WebhookError('no_delivery', 'There is no such delivery.');
    return delivery;
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  #check(url: string): void {
    checkTarget(url, this.#options.isPrivateAllowed);
  }
}

function found(webhook: WebhookRecord | undefined): WebhookRecord {
  if (!webhook) throw noWebhook();
  return webhook;
}

function noWebhook(): WebhookError {
  return new WebhookError('no_webhook', 'There is no such webhook.');
}
