import type { Logger } from 'pino';
import type { StreamStore, StreamWitness } from './ports.ts';

/** Ends the streams that a crash left open, and tells of each. `seenBefore`: as `StreamStore.closeLeftOpen` has it. */
export async function endLeftOpen(
  { store, witness, log }: { store: StreamStore; witness?: StreamWitness | undefined; log: Logger },
  seenBefore?: Date,
): Promise<void> {
  const crashed = await store.closeLeftOpen(seenBefore);
  if (crashed.length > 0) log.warn({ streams: crashed.length }, 'streams of a crash closed');
  for (const { id, title, startedAt, endedAt: at, channelId, slug, peakViewers } of crashed) {
    const about = { at, channel: { id: channelId, slug }, stream: { id, title, startedAt } };
    await witness?.happened({ ...about, type: 'ended', reason: 'crash', peakViewers });
  }
}
