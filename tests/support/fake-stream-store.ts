import type {
  CrashedStream,
  EndReason,
  StreamHistory,
  StreamHistoryRecord,
  StreamRecord,
  StreamSample,
  StreamStore,
  ViewerJoin,
  ViewerLeave,
  ViewerPlay,
} from '../../src/streams/ports.ts';
import { pageOf } from './page-of.ts';

interface ViewerRow {
  readonly id: string;
  readonly streamId: string;
  readonly mark?: string;
  readonly client?: string;
  played?: ViewerPlay;
  leftAt?: Date;
  reason?: EndReason;
}

/** Rows in memory, with the foreign keys that the database would insist on. */
export class FakeStreamStore implements StreamStore, StreamHistory {
  readonly rows = new Map<string, StreamHistoryRecord>();
  readonly viewers = new Map<string, ViewerRow>();
  readonly samples: StreamSample[] = [];
  readonly heartbeats: (readonly string[])[] = [];
  /** The times of the last heartbeat before which streams were held for dead. */
  readonly sweeps: number[] = [];
  /** What the next sweep finds. */
  readonly crashed: CrashedStream[] = [];
  /** How many writes from now on fail. */
  failures = 0;
  /** All of them fail, and it does not answer. */
  isAway = false;

  async isThere(): Promise<boolean> {
    return !this.isAway;
  }

  async start(stream: StreamRecord): Promise<void> {
    this.#mayFail();
    this.rows.set(stream.id, {
      ...stream,
      endedAt: null,
      endReason: null,
      codecs: [],
      width: null,
      height: null,
      maxWidth: null,
      maxHeight: null,
      peakViewers: 0,
      uniqueViewers: 0,
      watchSeconds: 0,
      averageIngestBps: null,
      peakIngestBps: null,
    });
  }

  async end(streamId: string, { at, reason, peakViewers }: { at: Date; reason: EndReason; peakViewers: number }) {
    this.#mayFail();
    const row = this.#row(streamId);
    if (row.endedAt === null) this.rows.set(streamId, { ...row, endedAt: at, endReason: reason, peakViewers });
    for (const viewer of this.viewers.values()) {
      if (viewer.streamId === streamId && !viewer.leftAt) Object.assign(viewer, { leftAt: at, reason });
    }
  }

  async describe(
    streamId: string,
    codecs: StreamHistoryRecord['codecs'],
    size?: { width: number; height: number },
  ): Promise<void> {
    this.#mayFail();
    this.rows.set(streamId, { ...this.#row(streamId), codecs, ...size });
  }

  async viewersJoined(streamId: string, viewers: readonly ViewerJoin[]): Promise<void> {
    this.#mayFail();
    this.#row(streamId);
    for (const { at: _, ...viewer } of viewers) this.viewers.set(viewer.id, { ...viewer, streamId });
  }

  async viewersPlayed(viewers: readonly ViewerPlay[]): Promise<void> {
    this.#mayFail();
    for (const played of viewers) Object.assign(this.viewers.get(played.id) ?? {}, { played });
  }

  async addSamples(samples: readonly StreamSample[]): Promise<void> {
    this.#mayFail();
    this.samples.push(...samples);
  }

  async viewersLeft(viewers: readonly ViewerLeave[]): Promise<void> {
    this.#mayFail();
    for (const { id, at, reason } of viewers) {
      const viewer = this.viewers.get(id);
      if (viewer && !viewer.leftAt) Object.assign(viewer, { leftAt: at, reason });
    }
  }

  async heartbeat(streamIds: readonly string[]): Promise<void> {
    this.#mayFail();
    this.heartbeats.push(streamIds);
  }

  async closeLeftOpen(seenBefore?: Date): Promise<readonly CrashedStream[]> {
    this.#mayFail();
    this.sweeps.push(seenBefore?.getTime() ?? Number.POSITIVE_INFINITY);
    return this.crashed.splice(0);
  }

  async history(channelId: string, page: { limit: number; after?: string }) {
    return pageOf([...this.rows.values()].filter((row) => row.channelId === channelId).toReversed(), page);
  }

  async byId(streamId: string): Promise<StreamHistoryRecord | undefined> {
    return this.rows.get(streamId);
  }

  async lastEnds(channelIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    const ended = [...this.rows.values()].filter(({ channelId }) => channelIds.includes(channelId));
    const newestLast = ended.toSorted((a, b) => Number(a.endedAt) - Number(b.endedAt));
    return new Map(newestLast.flatMap(({ channelId, endedAt }) => (endedAt ? [[channelId, endedAt]] : [])));
  }

  async delete(streamId: string): Promise<boolean> {
    if (this.rows.get(streamId)?.endedAt === null) return false;
    this.rows.delete(streamId);
    return true;
  }

  #row(streamId: string): StreamHistoryRecord {
    const row = this.rows.get(streamId);
    if (!row) throw new Error('foreign key: no such stream');
    return row;
  }

  #mayFail(): void {
    if (this.failures === 0 && !this.isAway) return;
    this.failures = Math.max(0, this.failures - 1);
    throw new Error('the database is away');
  }
}
