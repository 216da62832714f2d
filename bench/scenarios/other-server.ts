import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Child } from '../child.ts';
import type { LoadMethods } from '../load/load-process.ts';
import { readUsage, spentBetween } from '../measure/process-usage.ts';
import { spreadOf } from '../measure/statistics.ts';
import type { Options } from '../options.ts';

const SETTLE_MS = 5_000;

/** The same viewers on any WHEP server that has a stream: what it costs there. Lines for people. */
export async function otherServer({ whep, viewers, seconds, hasGro }: Options): Promise<readonly string[]> {
  if (!whep) return [];
  const { url, token, pid } = whep;
  const load = new Child<LoadMethods>(join(import.meta.dirname, '../load/load-process.ts'));
  try {
    await load.call('open', { profile: 'gcm', sampleEvery: 20, hasGro });
    const residentBefore = pid === undefined ? 0 : readUsage(pid).residentBytes;
    const joined = await load.call('join', { url, token, count: viewers, concurrency: 16 });
    await pause(SETTLE_MS);
    await load.call('reset', undefined);
    const before = pid === undefined ? undefined : readUsage(pid);
    await pause(seconds * 1000);
    const after = pid === undefined ? undefined : readUsage(pid);
    const counts = await load.call('counts', undefined);
    const delay = spreadOf(await load.call('delaysUs', undefined));
    await load.call('leave', { token });
    const lines = [
      `${joined.joined} of ${viewers} joined in ${joined.tookMs.toFixed(0)} ms, each ${spreadOf(joined.eachMs).p50.toFixed(0)} ms (median) ${joined.failures.join('; ')}`,
      `${counts.packets} packets in ${seconds} s: ${counts.lost} lost, ${counts.duplicates} twice, ${counts.reordered} late; ${counts.starved} viewers got none`,
      `${counts.opened} opened, ${counts.refused} not authentic`,
    ];
    if (delay.count > 0)
      lines.push(`from our publisher to the socket: p50 ${delay.p50.toFixed(0)} us, p99 ${delay.p99.toFixed(0)} us`);
    if (before && after) {
      const { cpu } = spentBetween(before, after);
      lines.push(`${((cpu * 1e6) / counts.packets).toFixed(2)} us CPU per packet and viewer`);
      lines.push(
        `RSS ${(after.residentBytes / 2 ** 20).toFixed(0)} MB, ${((after.residentBytes - residentBefore) / viewers / 1024).toFixed(0)} KB a viewer`,
      );
    }
    return lines;
  } finally {
    await load.stop();
  }
}
