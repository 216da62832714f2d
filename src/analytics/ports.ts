import type { StreamHistoryRecord } from '../streams/ports.ts';

/** What is known of all who watched a stream together; names nobody. */
export interface Audience {
  readonly sessions: number;
  /** Of the players that told: how long the first picture took. */
  readonly join: { readonly reports: number; readonly p50Ms: number | null; readonly p95Ms: number | null };
  /** Of the players that told: how often and how long the picture stood still, in how much of watching. */
  readonly stalls: {
    readonly reports: number;
    readonly count: number;
    readonly stalledMs: number;
    readonly watchedMs: number;
  };
  /** How many left for which reason, watched with which kind of client, saw mostly which height. */
  readonly leaveReasons: Readonly<Record<string, number>>;
  readonly clients: Readonly<Record<string, number>>;
  readonly heights: Readonly<Record<string, number>>;
}

/** How a stream went in one step of time. */
export interface Point {
  /** Counted from its start. */
  readonly step: number;
  readonly viewers: number;
  readonly ingestBps: number;
  readonly egressBps: number;
  readonly lossShare: number | null;
  readonly framesPerSecond: number | null;
}

/** Implemented by `db/analytics.ts`. */
export interface AnalyticsStore {
  /** Of a stream that goes on, as of now. */
  audience(streamId: string): Promise<Audience | undefined>;
  /** The longest that a sample of the stream stands for; none: 0. */
  coarsestSeconds(streamId: string): Promise<number>;
  points(streamId: string, stepSeconds: number): Promise<readonly Point[]>;
  /** Those that began in this time, newest first. */
  streams(channelId: string, time: { from: Date; to: Date }, limit: number): Promise<readonly StreamHistoryRecord[]>;
  /** Makes samples from before this time, `most` at once, samples of a minute. Returns how many there were. */
  thinSamples(before: Date, most: number): Promise<number>;
  /** Deletes the rows of viewers, `most` at once, of streams that ended before this time. Returns how many there were. */
  forgetViewers(before: Date, most: number): Promise<number>;
}
