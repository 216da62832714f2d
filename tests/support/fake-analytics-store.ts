import type { AnalyticsStore, Audience, Point } from '../../src/analytics/ports.ts';
import type { FakeStreamStore } from './fake-stream-store.ts';

/** Figures of streams in memory, as tests set them. */
export class FakeAnalyticsStore implements AnalyticsStore {
  readonly audiences = new Map<string, Audience>();
  readonly pointsOf = new Map<string, readonly Point[]>();
  readonly #streams: FakeStreamStore;

  constructor(streams: FakeStreamStore) {
    this.#streams = streams;
  }

  async audience(streamId: string): Promise<Audience | undefined> {
    return this.audiences.get(streamId);
  }

  async coarsestSeconds(): Promise<number> {
    return 10;
  }

  async points(streamId: string): Promise<readonly Point[]> {
    return this.pointsOf.get(streamId) ?? [];
  }

  async streams(channelId: string, { from, to }: { from: Date; to: Date }, limit: number) {
    const found = await this.#streams.history(channelId, { limit: Number.POSITIVE_INFINITY });
    return found.filter(({ startedAt }) => startedAt >= from && startedAt < to).slice(0, limit);
  }

  async thinSamples(): Promise<number> {
    return 0;
  }

  async forgetViewers(): Promise<number> {
    return 0;
  }
}
