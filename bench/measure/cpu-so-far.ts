import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;
/** Of /proc/<pid>/stat behind the program's name: own user and system time, then those of children that have ended. */
const FIRST_FIELD = 11;

/** CPU seconds so far of a process, and of all its children, and theirs, that have ended. */
export function cpuSoFar(pid: number): { own: number; endedChildren: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const seconds = (at: number) => (Number(fields[at]) + Number(fields[at + 1])) / TICKS_PER_SECOND;
  return { own: seconds(FIRST_FIELD), endedChildren: seconds(FIRST_FIELD + 2) };
}
