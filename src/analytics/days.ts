import type { StreamHistoryRecord } from '../streams/ports.ts';

const DAY_MS = 24 * 3600 * 1000;

/** In columns, as charts take them; a day without a stream has zeros. */
export interface Days {
  /** When each day (UTC) began, in seconds of Unix time. */
  readonly at: number[];
  readonly streams: number[];
  readonly liveSeconds: number[];
  readonly peakViewers: number[];
  /** Of each stream; who watched two counts twice. */
  readonly uniqueViewers: number[];
  readonly watchSeconds: number[];
}

/** A stream counts for the day on which it began. */
export function daysOf(streams: readonly StreamHistoryRecord[], time: { from: Date; to: Date }, now: Date): Days {
  const first = Math.floor(time.from.getTime() / DAY_MS);
  const last = Math.max(first, Math.ceil(time.to.getTime() / DAY_MS) - 1);
  const days = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const byDay = Map.groupBy(streams, ({ startedAt }) => Math.floor(startedAt.getTime() / DAY_MS));
  const column = (of: (streams: readonly StreamHistoryRecord[]) => number) =>
    days.map((day) => of(byDay.get(day) ?? []));
  return {
    at: days.map((day) => (day * DAY_MS) / 1000),
    ...totalsBy(column, now),
  };
}

export function totalsOf(streams: readonly StreamHistoryRecord[], now: Date) {
  return totalsBy((of) => of(streams), now);
}

function totalsBy<T>(by: (of: (streams: readonly StreamHistoryRecord[]) => number) => T, now: Date) {
  return {
    streams: by((streams) => streams.length),
    liveSeconds: by((streams) => sum(streams, (stream) => liveSeconds(stream, now))),
    peakViewers: by((streams) => Math.max(0, ...streams.map(({ peakViewers }) => peakViewers))),
    uniqueViewers: by((streams) => sum(streams, ({ uniqueViewers }) => uniqueViewers)),
    watchSeconds: by((streams) => sum(streams, ({ watchSeconds }) => watchSeconds)),
  };
}

/** Until now, where it goes on. */
export function liveSeconds({ startedAt, endedAt }: StreamHistoryRecord, now: Date): number {
  return Math.max(0, Math.round(((endedAt ?? now).getTime() - startedAt.getTime()) / 1000));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
