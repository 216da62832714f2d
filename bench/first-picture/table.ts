import { spreadOf } from '../measure/statistics.ts';
import type { Encoder } from './encoder.ts';
import type { Seen } from './venue.ts';

/** Of joins of one kind. */
export interface Measured {
  readonly firstMs: readonly number[];
  readonly longestWaitMs: number;
  readonly latencyMs: number;
}

const COLUMNS = [
  ...['stream, Mbit/s', 'link', 'browser', 'first picture, ms: replay', 'asking'],
  ...['longest wait, ms: replay', 'asking', 'latency 10 s later, ms: replay', 'asking'],
];

export const HEAD = `| ${COLUMNS.join(' | ')} |\n${'|---'.repeat(COLUMNS.length)}|`;

export function rowOf(row: {
  bitrateBps: number;
  rateBps: number | undefined;
  browser: string;
  replayed: Measured;
  asked: Measured;
}): string {
  const both = [row.replayed, row.asked];
  const cells = [
    row.bitrateBps / 1e6,
    row.rateBps === undefined ? 'loopback' : `${row.rateBps / 1e6} Mbit/s`,
    row.browser,
    ...both.map(({ firstMs }) => firstPicture(firstMs)),
    ...both.map(({ longestWaitMs }) => longestWaitMs),
    ...both.map(({ latencyMs }) => latencyMs),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What came after the first picture, and how late it was in the end. */
export function sightOf({ startMs, shown }: Seen, encoder: Encoder): Omit<Measured, 'firstMs'> {
  const waits = shown.slice(1).map(({ atMs }, index) => atMs - (shown[index]?.atMs ?? 0));
  const latencies = shown.flatMap(({ atMs, number }) =>
    number === undefined ? [] : [encoder.latencyMs(number, startMs + atMs)],
  );
  return { longestWaitMs: spreadOf(waits).max, latencyMs: spreadOf(latencies).p50 };
}

function firstPicture(values: readonly number[]): string {
  const { min, p50, max } = spreadOf(values);
  return `${min} / **${p50}** / ${max}`;
}
