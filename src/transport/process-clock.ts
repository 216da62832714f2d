// `performance.now` counts from each thread's own start; this is what has to be added to count alike in all of them. The
// time of day would not do: it may be set between two starts.
const ORIGIN_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** A time of this thread's `performance.now`, as any thread of the process may read it. */
export function toProcessMs(ms: number): number {
  return ms + ORIGIN_MS;
}

export function fromProcessMs(processMs: number): number {
  return processMs - ORIGIN_MS;
}
