import type { WordTable } from '../word-table.ts';
import { plural } from './language.ts';

/** Figures come as they are to be shown. */
export const units = {
  kilobitsPerSecond: (figure: string) => `${figure} kbit/s`,
  megabitsPerSecond: (figure: string) => `${figure} Mbit/s`,
  kilobytes: (figure: string) => `${figure} kB`,
  megabytes: (figure: string) => `${figure} MB`,
  gigabytes: (figure: string) => `${figure} GB`,
  milliseconds: (figure: string) => `${figure} ms`,
  seconds: (figure: string) => `${figure} s`,
  percent: (figure: string) => `${figure} %`,
  viewers: (count: number, figure: string) => plural(count, { one: `${figure} viewer`, other: `${figure} viewers` }),
  now: 'now',
} as const satisfies WordTable;
