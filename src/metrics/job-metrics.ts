import { Counter, Histogram, type Registry } from 'prom-client';
import type { JobKind } from '../jobs/ports.ts';

const ATTEMPT_SECONDS = [1, 5, 15, 60, 300, 900, 3600, 14_400];

/** What the transcoders do that the server started. */
export class JobMetrics {
  readonly #attempts: Counter<'kind' | 'outcome'>;
  readonly #seconds: Histogram<'kind'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#attempts = new Counter({
      name: 'freshet_transcoder_attempts_total',
      help: 'Attempts at jobs by transcoders that this server started; again: failed and to be tried later; lost: cancelled, or begun by another',
      labelNames: ['kind', 'outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'freshet_transcoder_attempt_seconds',
      help: 'How long an attempt at a job took',
      labelNames: ['kind'],
      buckets: ATTEMPT_SECONDS,
      registers,
    });
  }

  worked({ kind, outcome, seconds }: { kind: JobKind; outcome: string; seconds: number }): void {
    this.#attempts.inc({ kind, outcome });
    this.#seconds.observe({ kind }, seconds);
  }
}
