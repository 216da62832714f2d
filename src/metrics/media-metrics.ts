import { Counter, Gauge, type Registry } from 'prom-client';
import type { SpreadName, Spreads, ThreadReport, ThreadStats } from '../media/stats.ts';

/** Of each thread since it began: one that was replaced starts at 0 again, as counters may. */
const COUNTERS: readonly { name: string; help: string; of: (stats: ThreadStats) => number }[] = [
  { name: 'received_datagrams', help: 'Datagrams received', of: ({ received }) => received.datagrams },
  { name: 'received_bytes', help: 'The same as bytes of UDP payload', of: ({ received }) => received.bytes },
  {
    name: 'sent_datagrams',
    help: 'Datagrams sent, with those the kernel did not take',
    of: ({ sent }) => sent.datagrams,
  },
  { name: 'sent_bytes', help: 'The same as bytes of UDP payload', of: ({ sent }) => sent.bytes },
  { name: 'ingest_nacks', help: 'Packets asked of publishers again', of: ({ ingest }) => ingest.nacked },
  { name: 'ingest_recovered', help: 'Lost packets that publishers sent again', of: ({ ingest }) => ingest.resent },
  { name: 'ingest_plis', help: 'Keyframes asked of publishers', of: ({ ingest }) => ingest.keyframeRequests },
  { name: 'egress_nacks', help: 'Packets that viewers asked for again', of: ({ egress }) => egress.nacked },
  { name: 'egress_resent', help: 'Packets sent to viewers again', of: ({ egress }) => egress.resent },
  { name: 'egress_plis', help: 'Keyframes that viewers asked for', of: ({ egress }) => egress.keyframeRequests },
  { name: 'busy_seconds', help: 'Time that its event loop was at work', of: ({ busySeconds }) => busySeconds },
];

const SPREADS: Readonly<Record<SpreadName, string>> = {
  viewer_round_trip_seconds: 'Viewers by their round trip',
  viewer_loss_ratio: 'Tracks of viewers by the share that the last report calls lost',
  viewer_jitter_seconds: 'Tracks of viewers by the jitter of the last report',
  publisher_round_trip_seconds: 'Publishers by their round trip',
  layer_jitter_seconds: 'What is published, layer by layer, by its jitter',
  layer_keyframe_interval_seconds: 'Video layers by the time between their last two keyframes',
  layer_bitrate_bps: 'Video layers by their bitrate',
};

/** The media threads, each by its number. */
export class MediaMetrics {
  readonly #up: Gauge<'thread'>;
  readonly #sessions: Gauge<'thread' | 'kind'>;
  readonly #loopDelay: Gauge<'thread' | 'quantile'>;
  readonly #dropped: Counter<'thread' | 'reason'>;
  readonly #choices: Gauge<'thread' | 'reason'>;
  readonly #spreads: ReadonlyMap<SpreadName, Gauge<'thread' | 'le'>>;
  readonly #counters: readonly { counter: Counter<'thread'>; of: (stats: ThreadStats) => number }[];

  constructor(registry: Registry) {
    const registers = [registry];
    const named = (name: string, help: string) => ({ name: `freshet_media_${name}`, help, registers });
    this.#up = new Gauge({ ...named('thread_up', 'Whether it answers'), labelNames: ['thread'] });
    this.#sessions = new Gauge({
      ...named('sessions', 'Sessions on it, connected or about to be'),
      labelNames: ['thread', 'kind'],
    });
    this.#loopDelay = new Gauge({
      ...named('loop_delay_seconds', 'How late its event loop was since the last scrape'),
      labelNames: ['thread', 'quantile'],
    });
    this.#dropped = new Counter({
      ...named(
        'dropped_total',
        'By the kernel (unsent), as no authentic packet of a publisher (refused), between threads (overrun)',
      ),
      labelNames: ['thread', 'reason'],
    });
    this.#choices = new Gauge({
      ...named('viewers_by_choice', 'Connected viewers by why they are sent the layer that they are sent'),
      labelNames: ['thread', 'reason'],
    });
    const spread = (name: SpreadName) =>
      new Gauge({ ...named(name, `${SPREADS[name]}, up to le`), labelNames: ['thread', 'le'] as const });
    this.#spreads = new Map((Object.keys(SPREADS) as SpreadName[]).map((name) => [name, spread(name)]));
    this.#counters = COUNTERS.map(({ name, help, of }) => ({
      counter: new Counter({ ...named(`${name}_total`, help), labelNames: ['thread'] }),
      of,
    }));
  }

  update(reports: readonly ThreadReport[]): void {
    this.#choices.reset();
    for (const gauge of this.#spreads.values()) gauge.reset();
    for (const report of reports) {
      const thread = String(report.thread);
      this.#up.set({ thread }, report.isUp ? 1 : 0);
      if (report.isUp) this.#updateThread(thread, report);
    }
  }

  #updateThread(thread: string, stats: ThreadStats): void {
    this.#sessions.set({ thread, kind: 'publisher' }, stats.publishers);
    this.#sessions.set({ thread, kind: 'viewer' }, stats.viewers);
    const { median, p99, max } = stats.loopDelayMs;
    this.#loopDelay.set({ thread, quantile: '0.5' }, median / 1000);
    this.#loopDelay.set({ thread, quantile: '0.99' }, p99 / 1000);
    this.#loopDelay.set({ thread, quantile: '1' }, max / 1000);
    this.#updateSpreads(thread, stats.spreads);
    setTotal(this.#dropped, { thread, reason: 'unsent' }, stats.unsent);
    setTotal(this.#dropped, { thread, reason: 'refused' }, stats.refused);
    setTotal(this.#dropped, { thread, reason: 'overrun' }, stats.overruns);
    for (const { counter, of } of this.#counters) setTotal(counter, { thread }, of(stats));
  }

  #updateSpreads(thread: string, { counts, choices }: Spreads): void {
    for (const [reason, viewers] of Object.entries(choices)) this.#choices.set({ thread, reason }, viewers);
    for (const { name, steps } of counts) {
      const gauge = this.#spreads.get(name);
      for (const { bound, count } of steps) gauge?.set({ thread, le: labelOf(bound) }, count);
    }
  }
}

/** As Prometheus writes it. */
function labelOf(bound: number): string {
  return Number.isFinite(bound) ? String(bound) : '+Inf';
}

/** The thread counts; its sums are only passed on here. */
function setTotal<Label extends string>(counter: Counter<Label>, labels: Record<Label, string>, total: number): void {
  counter.remove(labels);
  counter.inc(labels, total);
}
