import { basename } from 'node:path';
import type { CallFrame, CpuProfile } from './inspector.ts';

/** What one function, without those it calls, took of the time in which anything ran. */
export interface Share {
  readonly what: string;
  readonly share: number;
}

const IDLE = '(idle)';

/** The dearest first; native functions, which V8 can not tell apart, as one. */
export function sharesOf({ nodes, samples, timeDeltas }: CpuProfile): { busy: number; shares: readonly Share[] } {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const time = timeDeltas[index] ?? 0;
    const what = names.get(id) ?? 'unknown';
    times.set(what, (times.get(what) ?? 0) + time);
    total += time;
  }
  const busy = total - (times.get(IDLE) ?? 0);
  times.delete(IDLE);
  const shares = [...times].map(([what, time]) => ({ what, share: time / busy })).toSorted((a, b) => b.share - a.share);
  return { busy: busy / total, shares };
}

function nameOf({ functionName, url }: CallFrame): string {
  if (functionName.startsWith('(')) return functionName;
  return url === '' ? 'native: the kernel, OpenSSL' : `${functionName || 'a closure'} (${basename(url)})`;
}
