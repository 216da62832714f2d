import { bindOptional } from '../../src/native/library.ts';
import { allocateMemory } from '../../src/native/memory.ts';

const CLOCK_REALTIME = 0;
const CLOCK_THREAD_CPUTIME_ID = 3;

const getTime = bindOptional<(clock: number, time: number) => number>('int clock_gettime(int clock, uint64 time)');
const time = allocateMemory(16);
const view = new DataView(time.bytes.buffer);

/** Microseconds since 1970 on the clock by which the kernel stamps arriving packets; the same in every process. */
export function realtimeUs(): number {
  return read(CLOCK_REALTIME);
}

/** CPU time of this thread, in microseconds, up to this moment: `process.threadCpuUsage` knows it as of the last tick only. */
export function threadCpuUs(): number {
  return read(CLOCK_THREAD_CPUTIME_ID);
}

function read(clock: number): number {
  getTime?.(clock, time.address);
  return Number(view.getBigUint64(0, true)) * 1e6 + Number(view.getBigUint64(8, true)) / 1e3;
}
