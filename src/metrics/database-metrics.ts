import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { DatabaseMeter, DatabaseReport, JobOutcome } from '../db/ports.ts';

const USE_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const JOB_SECONDS = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1800, 7200];

/** The database and the jobs in it. */
export class DatabaseMetrics implements DatabaseMeter {
  readonly #up: Gauge;
  readonly #bytes: Gauge;
  readonly #connections: Gauge<'state'>;
  readonly #waiting: Gauge;
  readonly #use: Histogram;
  readonly #jobs: Gauge<'queue' | 'state'>;
  readonly #work: Histogram<'queue'>;
  readonly #outcomes: Counter<'queue' | 'outcome'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#up = new Gauge({ name: 'freshet_database_up', help: 'Whether it answers', registers });
    this.#bytes = new Gauge({
      name: 'freshet_database_size_bytes',
      help: 'All that it keeps, with indexes',
      registers,
    });
    this.#connections = new Gauge({
      name: 'freshet_database_connections',
      help: 'Of the pool; jobs have four of their own besides',
      labelNames: ['state'],
      registers,
    });
    this.#waiting = new Gauge({
      name: 'freshet_database_waiting',
      help: 'Queries that wait for a connection',
      registers,
    });
    this.#use = new Histogram({
      name: 'freshet_database_use_seconds',
      help: 'How long a connection is held: for one query, or for a transaction',
      buckets: USE_SECONDS,
      registers,
    });
    this.#jobs = new Gauge({
      name: 'freshet_jobs',
      help: 'Jobs by what they are at; deferred: to be tried later',
      labelNames: ['queue', 'state'],
      registers,
    });
    this.#work = new Histogram({
      name: 'freshet_job_seconds',
      help: 'One attempt at a job',
      labelNames: ['queue'],
      buckets: JOB_SECONDS,
      registers,
    });
    this.#outcomes = new Counter({
      name: 'freshet_job_attempts_total',
      help: 'By how they ended; again: to be tried later; failed: by an error of the server',
      labelNames: ['queue', 'outcome'],
      registers,
    });
  }

  used(seconds: number): void {
    this.#use.observe(seconds);
  }

  worked({ queue, outcome, seconds }: { queue: string; outcome: JobOutcome; seconds: number }): void {
    this.#work.observe({ queue }, seconds);
    this.#outcomes.inc({ queue, outcome });
  }

  update({ connections: { busy, idle, waiting }, stored }: DatabaseReport): void {
    this.#connections.set({ state: 'busy' }, busy);
    this.#connections.set({ state: 'idle' }, idle);
    this.#waiting.set(waiting);
    this.#up.set(stored === undefined ? 0 : 1);
    if (stored === undefined) return;
    this.#bytes.set(stored.bytes);
    for (const { queue, counts } of stored.queues) {
      for (const [state, jobs] of Object.entries(counts)) this.#jobs.set({ queue, state }, jobs);
    }
  }
}
