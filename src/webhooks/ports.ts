/** What webhooks need of a store and a queue. Implemented by `db/webhooks.ts` and `db/webhook-deliveries.ts`. */

/** `after`: the id of the last one of the page before. */
export interface ListPage {
  readonly limit: number;
  readonly after?: string | undefined;
}

export interface WebhookRecord {
  readonly id: string;
  readonly userId: string;
  /** `null`: all channels of the user. */
  readonly channel: { readonly slug: string } | null;
  readonly url: string;
  readonly events: readonly string[];
  readonly isActive: boolean;
  readonly failingSince: Date | null;
  readonly switchedOffBecause: string | null;
  /** The secret before the last rotation signs beside the new one until then. */
  readonly oldSecretUntil: Date | null;
  readonly createdAt: Date;
}

export interface WebhookDraft {
  readonly userId: string;
  readonly channelId: string | null;
  readonly url: string;
  readonly events: readonly string[];
  readonly sealedSecret: Uint8Array;
}

export type WebhookChange = Partial<{
  url: string;
  events: readonly string[];
  /** Switching it on forgets why it was switched off. */
  isActive: boolean;
}>;

/** Whoever asks for another's webhook finds none. */
export interface WebhookStore {
  create(draft: WebhookDraft): Promise<WebhookRecord>;
  /** Newest first. */
  list(userId: string, page: ListPage): Promise<readonly WebhookRecord[]>;
  byId(userId: string, id: string): Promise<WebhookRecord | undefined>;
  update(userId: string, id: string, change: WebhookChange): Promise<WebhookRecord | undefined>;
  /** The secret there was signs until `oldUntil` beside the new one. */
  rotate(userId: string, id: string, sealedSecret: Uint8Array, oldUntil: Date): Promise<WebhookRecord | undefined>;
  delete(userId: string, id: string): Promise<boolean>;
  /** An attempt succeeded. */
  succeeded(id: string): Promise<void>;
  /** An attempt failed; since when they do. */
  failed(id: string, at: Date): Promise<Date>;
  switchOff(id: string, because: string): Promise<void>;
}

/** Whose names people know channels by. */
export interface ChannelNames {
  list(query: { ids: readonly string[]; limit: number }): Promise<readonly { readonly slug: string }[]>;
}

export type DeliveryStatus = 'pending' | 'delivered' | 'failed';

export interface DeliveryRecord {
  readonly id: string;
  readonly event: string;
  readonly body: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly attemptedAt: Date | null;
  readonly durationMs: number | null;
  readonly responseStatus: number | null;
  /** Its first KiB. */
  readonly responseBody: string | null;
  /** In words, where there was no answer or a wrong one. */
  readonly problem: string | null;
}

export interface AttemptResult {
  readonly status: DeliveryStatus;
  readonly attemptedAt: Date;
  readonly durationMs: number;
  readonly responseStatus: number | null;
  readonly responseBody: string | null;
  readonly problem: string | null;
}

/** A delivery with what sending it takes. */
export interface DueDelivery {
  readonly id: string;
  readonly event: string;
  readonly body: string;
  readonly webhook: {
    readonly id: string;
    readonly url: string;
    readonly sealedSecret: Uint8Array;
    readonly oldSealedSecret: Uint8Array | null;
    readonly oldSecretUntil: Date | null;
    readonly isActive: boolean;
    readonly isAccountDisabled: boolean;
  };
}

/** Every promise resolves once row and job are durable, both or neither. */
export interface DeliveryStore {
  /** For every active webhook that listens to this event of this channel. Returns how many. */
  accept(event: { channelId: string; type: string; body: string }): Promise<number>;
  /** For one webhook alone, whatever it listens to. */
  acceptFor(webhookId: string, event: { type: string; body: string }): Promise<DeliveryRecord>;
  /** The same event under the same id once more. */
  again(webhookId: string, deliveryId: string): Promise<DeliveryRecord | undefined>;
  /** Newest first. */
  list(webhookId: string, page: ListPage): Promise<readonly DeliveryRecord[]>;
  /** `undefined`: it was deleted with its webhook. */
  due(deliveryId: string): Promise<DueDelivery | undefined>;
  attempted(deliveryId: string, result: AttemptResult): Promise<void>;
  /** Those made before then. */
  forget(before: Date): Promise<number>;
  /** `attempt` says whether to try again later, and is called anew then, until `isLast`. */
  onDue(attempt: (deliveryId: string, isLast: boolean) => Promise<'done' | 'again'>): Promise<void>;
}

export type AttemptOutcome = 'delivered' | 'again' | 'failed';

/** Hears how deliveries fare. Implemented by `metrics/`. Nothing here may throw. */
export interface DeliveryMeter {
  attempted(outcome: AttemptOutcome, seconds: number): void;
}

/** Keeps secrets readable for this server alone. Implemented by `secret-box.ts`. */
export interface SecretKeeper {
  seal(secret: string): Uint8Array;
  /** `undefined` where another key sealed it. */
  open(sealed: Uint8Array): string | undefined;
}
