import { Counter, Histogram, type Registry } from 'prom-client';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const ANSWER_SECONDS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** Requests by route, never by path: `/whep/:slug`, and `/*` for the site and for what is not there. */
export class HttpMetrics {
  readonly #requests: Counter<'method' | 'route' | 'status'>;
  readonly #seconds: Histogram<'method' | 'route'>;

  constructor(registry: Registry) {
    this.#requests = new Counter({
      name: 'freshet_http_requests_total',
      help: 'Requests answered',
      labelNames: ['method', 'route', 'status'],
      registers: [registry],
    });
    this.#seconds = new Histogram({
      name: 'freshet_http_request_seconds',
      help: 'From the head of a request to the head of its answer; of the site to its end',
      labelNames: ['method', 'route'],
      buckets: ANSWER_SECONDS,
      registers: [registry],
    });
  }

  answered(request: { method: string; route: string; status: number; seconds: number }): void {
    const { route, status, seconds } = request;
    const method = METHODS.has(request.method) ? request.method : 'other';
    this.#requests.inc({ method, route, status: String(status) });
    this.#seconds.observe({ method, route }, seconds);
  }
}
