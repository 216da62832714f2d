import { Gauge, type Registry } from 'prom-client';
import type { StreamTotals } from '../streams/ports.ts';

/** What is on now. */
export class StreamMetrics {
  readonly #streams: Gauge<'state'>;
  readonly #viewers: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#streams = new Gauge({
      name: 'freshet_streams',
      help: 'Streams that can be watched; reconnecting: waiting for their publisher',
      labelNames: ['state'],
      registers,
    });
    this.#viewers = new Gauge({ name: 'freshet_viewers', help: 'Connected viewers', registers });
  }

  update({ live, reconnecting, viewers }: StreamTotals): void {
    this.#streams.set({ state: 'live' }, live);
    this.#streams.set({ state: 'reconnecting' }, reconnecting);
    this.#viewers.set(viewers);
  }
}
