import type { PoolConfig } from 'pg';
import { type Db, type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Log } from '../log.ts';
import type { DatabaseMeter, JobOutcome, QueueReport } from './ports.ts';
import { SteadyClient } from './steady-client.ts';

/** Ours to name: it has its tables in a schema of its own, and brings them up to date by itself. */
export const JOB_SCHEMA = 'pgboss';
const CONNECTIONS = 4;
const POLL_SECONDS = 2;
const SUPERVISE_SECONDS = 20;
const STOP_MS = 3_000;

export interface QueueRules {
  /** Longer than any attempt takes: a worker that says nothing for so long is dead, and another one tries. */
  readonly expireInSeconds: number;
  /** Where attempts take long: a worker says so often that it lives, and who does not is dead. At least 10. */
  readonly heartbeatSeconds?: number;
  readonly retryLimit: number;
  /** Before the first retry. */
  readonly retryDelay: number;
  /** Where it is given, the delay doubles up to it for each further retry, with some chance in it. */
  readonly retryDelayMax?: number;
  /** Where jobs go that are given up, also those whose process died in their last attempt. */
  readonly deadLetter?: string;
}

export interface WorkRules {
  /** Jobs at once. */
  readonly concurrency: number;
  /** A job put in wakes the workers; retries that come due are found by looking so often. */
  readonly lookSeconds: number;
}

interface QueueOptions {
  readonly connection: PoolConfig;
  readonly log: Log;
  readonly meter?: DatabaseMeter | undefined;
  /** How often somebody looks for workers that died. */
  readonly superviseSeconds?: number | undefined;
}

/** A job failed and is to be tried again, which is no error of ours. */
class TryAgain extends Error {}

/** Work that outlives the process: what was put in is done, if need be by the next process. */
export class JobQueue {
  readonly #boss: PgBoss;
  readonly #log: Log;
  readonly #meter: DatabaseMeter | undefined;
  readonly #names = new Set<string>();
  #starting: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;

  constructor({ connection, log, meter, superviseSeconds = SUPERVISE_SECONDS }: QueueOptions) {
    const { host, user, database, port, connectionString, connectionTimeoutMillis } = connection;
    const where = Object.entries({ host, user, database, port, connectionString, connectionTimeoutMillis });
    this.#boss = new PgBoss({
      ...Object.fromEntries(where.filter(([, value]) => value !== undefined)),
      // Its pool is given this with the rest.
      ...{ Client: SteadyClient },
      schema: JOB_SCHEMA,
      max: CONNECTIONS,
      schedule: false,
      useListenNotify: true,
      monitorIntervalSeconds: superviseSeconds,
      superviseIntervalSeconds: superviseSeconds,
    });
    this.#log = log;
    this.#meter = meter;
    this.#boss.on('error', ({ message }) => {
      if (!this.#closing) log.warn({ reason: message }, 'job queue had trouble');
    });
  }

  /** Idempotent. Its tables are there from then on. */
  async start(): Promise<void> {
    this.#starting ??= this.#boss.start();
    await this.#starting;
  }

  async define(name: string, rules: QueueRules): Promise<void> {
    await this.start();
    const options = { ...rules, retryBackoff: rules.retryDelayMax !== undefined, notify: true };
    await this.#boss.createQueue(name, options);
    await this.#boss.updateQueue(name, options);
    this.#names.add(name);
  }

  /** Part of the caller's transaction. */
  async add(name: string, items: readonly object[], db: Db, delaySeconds = 0): Promise<void> {
    const when = delaySeconds > 0 ? { startAfter: delaySeconds } : {};
    await this.#boss.insert(
      name,
      items.map((data) => ({ data, ...when })),
      { db },
    );
  }

  /** `attempt` says whether to try again later. */
  async work<Item extends object>(
    name: string,
    { concurrency, lookSeconds }: WorkRules,
    attempt: (item: Item, isLast: boolean) => Promise<'done' | 'again'>,
  ): Promise<void> {
    const options = {
      includeMetadata: true,
      pollingIntervalSeconds: Math.min(POLL_SECONDS, lookSeconds),
      notifyPollingIntervalSeconds: lookSeconds,
      localConcurrency: concurrency,
    } as const;
    await this.#boss.work(name, options, async (jobs: JobWithMetadata<Item>[]) => {
      for (const { data, retryCount, retryLimit } of jobs) {
        const isLast = retryCount >= retryLimit;
        const startMs = performance.now();
        const worked = (outcome: JobOutcome) =>
          this.#meter?.worked({ queue: name, outcome, seconds: (performance.now() - startMs) / 1000 });
        const outcome = await attempt(data, isLast).catch((error: unknown) => {
          worked('failed');
          this.#log.error({ err: error, queue: name }, 'job failed');
          throw error;
        });
        worked(outcome);
        if (outcome === 'again') throw new TryAgain('to be tried again');
      }
    });
  }

  /** Of what was defined here. */
  async report(): Promise<readonly QueueReport[]> {
    if (this.#names.size === 0) return [];
    const queues = await this.#boss.getQueues([...this.#names]);
    return queues.map(({ name, readyCount, deferredCount, activeCount }) => ({
      queue: name,
      counts: { ready: readyCount, deferred: deferredCount, active: activeCount },
    }));
  }

  /** Idempotent. What is being done is given a moment; what is not done then is done by the next process. */
  close(): Promise<void> {
    this.#closing ??= this.#starting
      ? this.#starting.then(() => this.#boss.stop({ graceful: true, timeout: STOP_MS }))
      : Promise.resolve();
    return this.#closing;
  }
}
