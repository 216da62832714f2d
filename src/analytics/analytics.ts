import type { StreamHistoryRecord } from '../streams/ports.ts';
import { type Days, daysOf, liveSeconds, totalsOf } from './days.ts';
import type { AnalyticsStore, Audience } from './ports.ts';
import { type Series, seriesOf, stepSeconds } from './series.ts';

const MAX_STREAMS = 1000;

const NOBODY: Audience = {
  sessions: 0,
  join: { reports: 0, p50Ms: null, p95Ms: null },
  stalls: { reports: 0, count: 0, stalledMs: 0, watchedMs: 0 },
  leaveReasons: {},
  clients: {},
  heights: {},
};

export interface StreamFigures {
  readonly audience: Audience;
  readonly liveSeconds: number;
  readonly stepSeconds: number;
  readonly series: Series;
}

export interface ChannelFigures {
  readonly totals: ReturnType<typeof totalsOf>;
  readonly days: Days;
  readonly streams: readonly StreamHistoryRecord[];
  /** Whether these are all; otherwise the oldest are missing. */
  readonly isComplete: boolean;
}

/** What streams and channels have to tell in figures. */
export class Analytics {
  readonly #store: AnalyticsStore;
  readonly #now: () => Date;

  constructor({ store, now = () => new Date() }: { store: AnalyticsStore; now?: () => Date }) {
    this.#store = store;
    this.#now = now;
  }

  /** `step`: how many seconds a point is to stand for; more, where that would be too many points. */
  async ofStream(stream: StreamHistoryRecord, step?: number): Promise<StreamFigures> {
    const seconds = liveSeconds(stream, this.#now());
    const [audience = NOBODY, coarsestSeconds] = await Promise.all([
      this.#store.audience(stream.id),
      this.#store.coarsestSeconds(stream.id),
    ]);
    const taken = stepSeconds({ seconds, coarsestSeconds }, step);
    const points = await this.#store.points(stream.id, taken);
    const series = seriesOf(points, { startMs: stream.startedAt.getTime(), seconds, step: taken });
    return { audience, liveSeconds: seconds, stepSeconds: taken, series };
  }

  async ofChannel(channelId: string, time: { from: Date; to: Date }): Promise<ChannelFigures> {
    const now = this.#now();
    const found = await this.#store.streams(channelId, time, MAX_STREAMS + 1);
    const streams = found.slice(0, MAX_STREAMS);
    return {
      totals: totalsOf(streams, now),
      days: daysOf(streams, time, now),
      streams,
      isComplete: found.length <= MAX_STREAMS,
    };
  }
}
