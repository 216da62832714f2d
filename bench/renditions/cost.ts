import { medianOf } from '../report.ts';

/** What some encoding took. */
export interface Spent {
  /** Of the clock. */
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

/** The same work, by a transcoder and by an ffmpeg that is given the same arguments, in turns. */
export interface Cost {
  readonly what: string;
  /** Of video. */
  readonly videoSeconds: number;
  readonly ours: readonly Spent[];
  readonly plain: readonly Spent[];
}

/** Shares beyond what ffmpeg alone takes, by medians. */
export function overheadOf({ ours, plain }: Cost): { cpu: number; wall: number } {
  const beyond = (read: (spent: Spent) => number) => medianOf(ours.map(read)) / medianOf(plain.map(read)) - 1;
  return { cpu: beyond(({ cpuSeconds }) => cpuSeconds), wall: beyond(({ wallSeconds }) => wallSeconds) };
}
