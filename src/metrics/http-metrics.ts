import { Counter, type Registry } from 'prom-client';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Requests by route, never by path: `/whep/:slug`, and `/*` for the site and for what is not there. */
export class HttpMetrics {
  readonly #requests: Counter<'method' | 'route' | 'status'>;

  constructor(registry: Registry) {
    this.#requests = new Counter({
      name: 'freshet_http_requests_total',
      help: 'Requests answered',
      labelNames: ['method', 'route', 'status'],
      registers: [registry],
    });
  }

  answered(method: string, route: string, status: number): void {
    this.#requests.inc({ method: METHODS.has(method) ? method : 'other', route, status: String(status) });
  }
}
