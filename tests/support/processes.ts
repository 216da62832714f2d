import { readdirSync, readFileSync } from 'node:fs';

/** Every process below `pid`, children before grandchildren. Linux only. */
export function descendants(pid: number): readonly number[] {
  const childrenOf = Map.groupBy(processes(), (process) => process.parent);
  const found: number[] = [];
  const queue = [pid];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const children = (childrenOf.get(next) ?? []).map((child) => child.pid);
    found.push(...children);
    queue.push(...children);
  }
  return found;
}

export function isRunning(pid: number): boolean {
  return processes().some((process) => process.pid === pid && process.state !== 'Z');
}

function processes(): { pid: number; parent: number; state: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = readStat(name);
    // The name of the program, in parentheses, may hold spaces and parentheses itself.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === undefined || parent === undefined ? [] : [{ pid: Number(name), parent: Number(parent), state }];
  });
}

function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}
