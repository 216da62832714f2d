import { bindOptional } from '../../src/native/library.ts';
import { allocateMemory } from '../../src/native/memory.ts';

const CLOCK_REALTIME = 0;

const getTime = bindOptional<(clock: number, time: number) => number>('int clock_gettime(int clock, uint64 time)');
const time = allocateMemory(16);
const view = new DataView(time.bytes.buffer);

/** Microseconds since 1970 on the clock by which the kernel stamps arriving packets; the same in every process. */
export function realtimeUs(): number {
  getTime?.(CLOCK_REALTIME, time.address);
  return Number(view.getBigUint64(0, true)) * 1e6 + Number(view.getBigUint64(8, true)) / 1e3;
}
