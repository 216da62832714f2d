import type { Logger } from 'pino';
import type { DeliveryMeter, DeliveryStore, DueDelivery, SecretKeeper, WebhookStore } from './ports.ts';
import { type PostOutcome, post } from './post.ts';
import { signedHeaders } from './signing.ts';

const DAY_MS = 24 * 3600 * 1000;
/** A receiver that fails for so long is not coming back. */
const SWITCHED_OFF_AFTER_MS = 3 * DAY_MS;
const DELIVERIES_KEPT_MS = 30 * DAY_MS;
const GONE = 410;

export interface DelivererOptions {
  readonly webhooks: WebhookStore;
  readonly deliveries: DeliveryStore;
  readonly secrets: SecretKeeper;
  readonly isPrivateAllowed: boolean;
  readonly log: Logger;
  readonly meter?: DeliveryMeter;
  readonly now?: () => Date;
}

/** Makes attempts to deliver, and decides what follows from how they went. */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #now: () => Date;
  #forgotMs = 0;

  constructor(options: DelivererOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  /** From now on what is due is delivered. */
  start(): Promise<void> {
    return this.#options.deliveries.onDue((id, isLast) => this.attempt(id, isLast));
  }

  async attempt(deliveryId: string, isLast: boolean): Promise<'done' | 'again'> {
    const { webhooks, deliveries, log, meter } = this.#options;
    await this.#forgetOld();
    const due = await deliveries.due(deliveryId);
    if (!due) return 'done';
    const attemptedAt = this.#now();
    const outcome = await this.#send(due, attemptedAt);
    const problem = problemOf(outcome);
    if (problem === null) {
      meter?.attempted('delivered', outcome.durationMs / 1000);
      await deliveries.attempted(deliveryId, { ...outcome, attemptedAt, status: 'delivered', problem });
      await webhooks.succeeded(due.webhook.id);
      return 'done';
    }
    const isOn = due.webhook.isActive && !due.webhook.isAccountDisabled;
    const offReason = isOn ? await this.#offReason(due, outcome, attemptedAt) : undefined;
    const isOver = isLast || offReason !== undefined || !isOn;
    meter?.attempted(isOver ? 'failed' : 'again', outcome.durationMs / 1000);
    await deliveries.attempted(deliveryId, { ...outcome, attemptedAt, status: isOver ? 'failed' : 'pending', problem });
    if (offReason !== undefined) {
      await webhooks.switchOff(due.webhook.id, offReason);
      log.warn({ webhook: due.webhook.id, reason: offReason }, 'webhook switched off');
    }
    return isOver ? 'done' : 'again';
  }

  async #send(due: DueDelivery, at: Date): Promise<PostOutcome> {
    const { secrets, isPrivateAllowed } = this.#options;
    const { url, sealedSecret, oldSealedSecret, oldSecretUntil, isActive, isAccountDisabled } = due.webhook;
    if (!isActive) return unsent('the webhook is switched off');
    if (isAccountDisabled) return unsent('its account is disabled');
    const secret = secrets.open(sealedSecret);
    const isOldGood = oldSealedSecret !== null && oldSecretUntil !== null && at < oldSecretUntil;
    const old = isOldGood ? secrets.open(oldSealedSecret) : undefined;
    if (secret === undefined) return unsent('its secret was sealed with another key than this server has: rotate it');
    const signed = signedHeaders({
      id: `msg_${due.id}`,
      at,
      body: due.body,
      secrets: old === undefined ? [secret] : [secret, old],
    });
    const headers = { 'content-type': 'application/json', 'user-agent': 'Freshet', ...signed };
    return await post({ url, headers, body: due.body, isPrivateAllowed });
  }

  async #offReason({ webhook }: DueDelivery, { responseStatus }: PostOutcome, at: Date): Promise<string | undefined> {
    if (responseStatus === GONE) return 'its receiver answered 410 Gone';
    const since = await this.#options.webhooks.failed(webhook.id, at);
    return at.getTime() - since.getTime() > SWITCHED_OFF_AFTER_MS ? 'no delivery succeeded for three days' : undefined;
  }

  async #forgetOld(): Promise<void> {
    const nowMs = this.#now().getTime();
    if (nowMs - this.#forgotMs < DAY_MS) return;
    this.#forgotMs = nowMs;
    await this.#options.deliveries.forget(new Date(nowMs - DELIVERIES_KEPT_MS));
  }
}

function unsent(problem: string): PostOutcome {
  return { problem, durationMs: 0, responseStatus: null, responseBody: null };
}

function problemOf({ problem, responseStatus }: PostOutcome): string | null {
  if (problem !== null) return problem;
  const isTaken = responseStatus !== null && responseStatus >= 200 && responseStatus < 300;
  return isTaken ? null : `answered ${responseStatus}`;
}
