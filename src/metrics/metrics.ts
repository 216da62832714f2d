import { collectDefaultMetrics, Registry } from 'prom-client';
import type { DatabaseReport } from '../db/ports.ts';
import type { ThreadReport } from '../media/stats.ts';
import type { StreamTotals } from '../streams/ports.ts';
import { DatabaseMetrics } from './database-metrics.ts';
import { HttpMetrics } from './http-metrics.ts';
import { JobMetrics } from './job-metrics.ts';
import { LogMetrics } from './log-metrics.ts';
import { MediaMetrics } from './media-metrics.ts';
import { SessionMetrics } from './session-metrics.ts';
import { StreamMetrics } from './stream-metrics.ts';
import { WebhookMetrics } from './webhook-metrics.ts';

/** What is asked at each scrape. */
export interface Watched {
  readonly streams: () => StreamTotals;
  readonly media: () => Promise<readonly ThreadReport[]>;
  readonly database?: () => Promise<DatabaseReport>;
}

/**
 * What the server counts, in the text format of Prometheus. Labels come from small fixed sets: no channel, address,
 * session or key ever is one.
 */
export class Metrics {
  readonly sessions: SessionMetrics;
  readonly http: HttpMetrics;
  readonly database: DatabaseMetrics;
  readonly webhooks: WebhookMetrics;
  readonly jobs: JobMetrics;
  readonly log: LogMetrics;
  readonly #streams: StreamMetrics;
  readonly #media: MediaMetrics;
  #watched: Watched | undefined;
  readonly #registry = new Registry();

  /** `hasProcess`: with what Node tells of the process, which only one in a process can. */
  constructor({ hasProcess = false } = {}) {
    this.#streams = new StreamMetrics(this.#registry);
    this.sessions = new SessionMetrics(this.#registry);
    this.#media = new MediaMetrics(this.#registry);
    this.http = new HttpMetrics(this.#registry);
    this.database = new DatabaseMetrics(this.#registry);
    this.webhooks = new WebhookMetrics(this.#registry);
    this.jobs = new JobMetrics(this.#registry);
    this.log = new LogMetrics(this.#registry);
    if (hasProcess) collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  watch(watched: Watched): void {
    this.#watched = watched;
  }

  async text(): Promise<string> {
    if (this.#watched) await this.#update(this.#watched);
    return this.#registry.metrics();
  }

  async #update({ streams, media, database }: Watched): Promise<void> {
    const [threads, stored] = await Promise.all([media(), database?.()]);
    this.#media.update(threads);
    if (stored) this.database.update(stored);
    this.#streams.update(streams());
  }
}
