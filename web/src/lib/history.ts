import { words } from './words/words.ts';

/** A broadcast as it is remembered, with what came of it. Of one that goes on, as of now. */
export interface PastStream {
  readonly id: string;
  readonly title: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly endReason: string | null;
  readonly codecs: readonly string[];
  readonly maxWidth: number | null;
  readonly maxHeight: number | null;
  readonly peakViewers: number;
  readonly uniqueViewers: number;
  readonly watchSeconds: number;
  readonly averageIngestBps: number | null;
  readonly peakIngestBps: number | null;
}

type Column = (number | null)[];

/** `StreamAnalytics` of the API. */
export interface StreamFigures {
  readonly stream: PastStream;
  readonly isLive: boolean;
  readonly liveSeconds: number;
  readonly series: {
    readonly at: number[];
    readonly viewers: Column;
    readonly ingestBps: Column;
    readonly egressBps: Column;
    readonly lossShare: Column;
    readonly framesPerSecond: Column;
  };
  readonly viewers: { readonly sessions: number; readonly average: number; readonly secondsEach: number };
  readonly join: { readonly reports: number; readonly p50Ms: number | null; readonly p95Ms: number | null };
  readonly stalls: { readonly reports: number; readonly count: number; readonly ratio: number | null };
  readonly leaveReasons: readonly { readonly reason: string; readonly viewers: number }[];
  readonly clients: readonly { readonly client: string; readonly viewers: number }[];
  readonly heights: readonly { readonly height: number; readonly viewers: number }[];
}

const ENDINGS: Readonly<Record<string, string>> = words.history.endings;

export function endingOf({ endReason }: Pick<PastStream, 'endReason'>): string {
  return endReason === null ? words.history.liveNow : (ENDINGS[endReason] ?? endReason.replaceAll('_', ' '));
}

const LEAVINGS: Readonly<Record<string, string>> = words.history.leavings;

/** What ended the stream ended it for those who still watched. */
export function leavingOf(reason: string): string {
  return LEAVINGS[reason] ?? words.history.stayed;
}

const CLIENTS: Readonly<Record<string, string>> = words.history.clients;

export function clientName(client: string): string {
  return CLIENTS[client] ?? client.charAt(0).toUpperCase() + client.slice(1);
}

/** Counts under the same name are one. */
export function shares(
  counts: readonly { readonly name: string; readonly viewers: number }[],
): { name: string; viewers: number; share: number }[] {
  const all = counts.reduce((sum, { viewers }) => sum + viewers, 0);
  const byName = new Map<string, number>();
  for (const { name, viewers } of counts) byName.set(name, (byName.get(name) ?? 0) + viewers);
  return [...byName]
    .map(([name, viewers]) => ({ name, viewers, share: viewers / all }))
    .toSorted((a, b) => b.viewers - a.viewers);
}
