import { Counter, Histogram, type Registry } from 'prom-client';
import type { EndReason, SessionKind, SessionMeter } from '../streams/ports.ts';

// From a local network to a handshake repeated over a bad one.
const CONNECT_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** WHIP and WHEP sessions, from the POST to the end. */
export class SessionMetrics implements SessionMeter {
  readonly #opened: Counter<'kind'>;
  readonly #connect: Histogram<'kind'>;
  readonly #ended: Counter<'kind' | 'reason'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#opened = new Counter({
      name: 'freshet_sessions_opened_total',
      help: 'Sessions that were answered',
      labelNames: ['kind'],
      registers,
    });
    this.#connect = new Histogram({
      name: 'freshet_session_connect_seconds',
      help: 'From the POST until media can flow',
      labelNames: ['kind'],
      buckets: CONNECT_SECONDS,
      registers,
    });
    this.#ended = new Counter({
      name: 'freshet_sessions_ended_total',
      help: 'Sessions that are over, by why',
      labelNames: ['kind', 'reason'],
      registers,
    });
    // A rate can be seen only from a series that was there before.
    for (const kind of ['publisher', 'viewer'] as const) {
      this.#opened.inc({ kind }, 0);
      this.#connect.zero({ kind });
    }
  }

  opened(kind: SessionKind): void {
    this.#opened.inc({ kind });
  }

  connected(kind: SessionKind, afterMs: number): void {
    this.#connect.observe({ kind }, afterMs / 1000);
  }

  ended(kind: SessionKind, reason: EndReason): void {
    this.#ended.inc({ kind, reason });
  }
}
