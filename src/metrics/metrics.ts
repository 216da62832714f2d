import { collectDefaultMetrics, Registry } from 'prom-client';
import type { ThreadReport } from '../media/stats.ts';
import type { StreamTotals } from '../streams/ports.ts';
import { HttpMetrics } from './http-metrics.ts';
import { MediaMetrics } from './media-metrics.ts';
import { SessionMetrics } from './session-metrics.ts';
import { StreamMetrics } from './stream-metrics.ts';

export interface MetricsOptions {
  readonly streams: () => StreamTotals;
  readonly media: () => Promise<readonly ThreadReport[]>;
  /** With what Node tells of the process, which only one in a process can. */
  readonly hasProcess?: boolean;
}

/**
 * What the server counts, in the text format of Prometheus. Labels come from small fixed sets: no channel, address,
 * session or key ever is one.
 */
export class Metrics {
  readonly sessions: SessionMetrics;
  readonly http: HttpMetrics;
  readonly #streams: StreamMetrics;
  readonly #media: MediaMetrics;
  readonly #options: MetricsOptions;
  readonly #registry = new Registry();

  constructor(options: MetricsOptions) {
    this.#options = options;
    this.#streams = new StreamMetrics(this.#registry);
    this.sessions = new SessionMetrics(this.#registry);
    this.#media = new MediaMetrics(this.#registry);
    this.http = new HttpMetrics(this.#registry);
    if (options.hasProcess) collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    this.#media.update(await this.#options.media());
    this.#streams.update(this.#options.streams());
    return this.#registry.metrics();
  }
}
