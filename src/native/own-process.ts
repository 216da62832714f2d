/** What a process may do about itself, and Node has no words for: real-time rights (Linux), its group. */
import { bindOptional } from './library.ts';

// prctl(2), capabilities(7), getrlimit(2).
const PR_CAPBSET_DROP = 24;
const CAP_SYS_NICE = 23;
const RLIMIT_RTPRIO = 14;
const NONE = new Uint8Array(16);

const control = bindOptional<(option: number, argument: number) => number>(
  'int prctl(int option, unsigned long value)',
);
const setGroup = bindOptional<(pid: number, group: number) => number>('int setpgid(int pid, int group)');
const setLimit = bindOptional<(resource: number, limits: Uint8Array) => number>(
  'int setrlimit(int resource, const uint8_t *limits)',
);

/**
 * Programs that this thread starts from now on can not give their threads real-time priorities, whoever they run as.
 * Where there is no right to take away, nothing happens.
 */
export function forbidRealTime(): void {
  if (process.platform !== 'linux') return;
  control?.(PR_CAPBSET_DROP, CAP_SYS_NICE);
  setLimit?.(RLIMIT_RTPRIO, NONE);
}

/** This process and what it starts from now on are a process group, in the session it came from. Not where it leads one. */
export function leadGroup(): void {
  setGroup?.(0, 0);
}
