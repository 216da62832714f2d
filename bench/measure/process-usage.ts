import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  readonly atMs: number;
  /** CPU time so far, in nanoseconds, of each thread by its name and id. */
  readonly threads: ReadonlyMap<string, number>;
  /** CPU time so far in the kernel, in seconds. */
  readonly kernelCpu: number;
  readonly residentBytes: number;
  readonly descriptors: number;
}

const TICKS_PER_SECOND = 100;

/** Of a process from /proc (Linux). The scheduler's own sum of run time: nanoseconds, not ticks. */
export function readUsage(pid: number): Usage {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return {
    atMs: performance.now(),
    threads: new Map(tasks.flatMap((task) => threadTime(`/proc/${pid}/task/${task}`, task))),
    kernelCpu: kernelTime(pid),
    residentBytes: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}

// The fifteenth field, in ticks; the second is a name that may hold anything, in brackets.
function kernelTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
  return Number(fields?.[12]) / TICKS_PER_SECOND;
}

function threadTime(folder: string, task: string): [string, number][] {
  try {
    const [nanoseconds] = readFileSync(`${folder}/schedstat`, 'utf8').split(' ');
    return [[`${readFileSync(`${folder}/comm`, 'utf8').trim()} ${task}`, Number(nanoseconds)]];
  } catch {
    // The thread has just ended.
    return [];
  }
}

export interface Spent {
  readonly seconds: number;
  /** CPU seconds of the whole process. */
  readonly cpu: number;
  /** Of them in the kernel. */
  readonly kernelCpu: number;
  /** By thread, the busiest first. */
  readonly threads: readonly { readonly name: string; readonly cpu: number }[];
}

export function spentBetween(before: Usage, after: Usage): Spent {
  const threads = [...after.threads]
    .map(([name, time]) => ({ name, cpu: (time - (before.threads.get(name) ?? 0)) / 1e9 }))
    .toSorted((a, b) => b.cpu - a.cpu);
  return {
    seconds: (after.atMs - before.atMs) / 1000,
    cpu: threads.reduce((sum, { cpu }) => sum + cpu, 0),
    kernelCpu: after.kernelCpu - before.kernelCpu,
    threads,
  };
}
