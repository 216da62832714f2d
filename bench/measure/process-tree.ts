import { descendants } from '../../tests/support/processes.ts';
import { readUsage } from './process-usage.ts';

/** CPU seconds so far of all processes below this one, as far as they still run. */
export function cpuBelow(pid: number): number {
  return descendants(pid).reduce((sum, below) => sum + cpuOf(below), 0);
}

/** Of one process; 0 where it is gone. */
export function cpuOf(pid: number): number {
  try {
    return [...readUsage(pid).threads.values()].reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e9;
  } catch {
    // It has just ended.
    return 0;
  }
}
