import type fc from 'fast-check';

/** One parser or door of the server, and what may come at it. Its property throws where the server would be wrong. */
export interface FuzzTarget {
  readonly name: string;
  readonly property: fc.IRawProperty<unknown>;
  /** Cheap ones are tried more often: runs that take some second on one core. */
  readonly runsASecond: number;
  readonly close?: () => void | Promise<void>;
}

/** What a single input may cost, in milliseconds of CPU, as the machine may be busy with other things. */
export const SLOWEST_MS = 400;

/** Runs `take`, and throws when one input costs too much. */
export function bounded<T>(take: (input: T) => void): (input: T) => void {
  return (input) => {
    const start = process.cpuUsage();
    take(input);
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    if (ms > SLOWEST_MS) throw new Error(`one input took ${ms.toFixed(0)} ms of CPU`);
  };
}
