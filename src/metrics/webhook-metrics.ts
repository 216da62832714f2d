import { Counter, Histogram, type Registry } from 'prom-client';
import type { AttemptOutcome, DeliveryMeter } from '../webhooks/ports.ts';

const ATTEMPT_SECONDS = [0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What is sent to webhooks. */
export class WebhookMetrics implements DeliveryMeter {
  readonly #attempts: Counter<'outcome'>;
  readonly #seconds: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#attempts = new Counter({
      name: 'freshet_webhook_attempts_total',
      help: 'Attempts to deliver an event; again: to be tried later; failed: given up',
      labelNames: ['outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'freshet_webhook_attempt_seconds',
      help: 'How long the receiver took to answer, or not to',
      buckets: ATTEMPT_SECONDS,
      registers,
    });
    for (const outcome of ['delivered', 'again', 'failed'] as const) this.#attempts.inc({ outcome }, 0);
  }

  attempted(outcome: AttemptOutcome, seconds: number): void {
    this.#attempts.inc({ outcome });
    this.#seconds.observe(seconds);
  }
}
