import { Counter, type Registry } from 'prom-client';

const TROUBLE = ['warn', 'error', 'fatal'] as const;

/** How often the log complained: whatever has no figure of its own is seen here. */
export class LogMetrics {
  readonly #lines: Counter<'level'>;

  constructor(registry: Registry) {
    this.#lines = new Counter({
      name: 'freshet_log_lines_total',
      help: 'Lines of the log that somebody should read',
      labelNames: ['level'],
      registers: [registry],
    });
    for (const level of TROUBLE) this.#lines.inc({ level }, 0);
  }

  written(level: string): void {
    if (TROUBLE.some((known) => known === level)) this.#lines.inc({ level });
  }
}
