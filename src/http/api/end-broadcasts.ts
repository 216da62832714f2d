import type { Channels } from '../../channels/channels.ts';
import type { Channel } from '../../channels/ports.ts';
import type { StreamRegistry } from '../../streams/registry.ts';

const PAGE = 100;

export interface Broadcasting {
  readonly channels: Channels;
  readonly streams: StreamRegistry;
}

/** Ends what an account has live, after `act`, which may make an end of its channels. */
export async function endBroadcasts(
  { channels, streams }: Broadcasting,
  ownerId: string,
  act?: () => Promise<void>,
): Promise<void> {
  const owned = await channelsOf(channels, ownerId);
  await act?.();
  for (const channel of owned) {
    // Whoever waits for its next stream waits for nothing.
    if (act) streams.channelChanged({ ...channel, acceptsWaitingViewers: false });
    streams.stop(channel.id);
  }
}

async function channelsOf(channels: Channels, ownerId: string): Promise<readonly Channel[]> {
  const found: Channel[] = [];
  let after: string | undefined;
  do {
    const page = await channels.list({ ownerId, limit: PAGE, ...(after !== undefined && { after }) });
    found.push(...page);
    after = page.length === PAGE ? page.at(-1)?.id : undefined;
  } while (after !== undefined);
  return found;
}
