import { Broadcast, type BroadcastOptions } from './broadcast.ts';
import type { StreamChannel } from './live-snapshot.ts';
import type { EndReason, StreamTotals } from './ports.ts';

const DRAIN_MS = 4_000;

/** Every broadcast: by channel and by stream while it lasts, and until its rows are written after that. */
export class Broadcasts {
  readonly #shared: Omit<BroadcastOptions, 'channel' | 'mediaId'>;
  readonly #byChannel = new Map<string, Broadcast>();
  readonly #byMedia = new Map<string, Broadcast>();
  readonly #draining = new Map<Broadcast, Promise<void>>();

  constructor(shared: Omit<BroadcastOptions, 'channel' | 'mediaId'>) {
    this.#shared = shared;
  }

  ofChannel(channelId: string): Broadcast | undefined {
    return this.#byChannel.get(channelId);
  }

  ofMedia(mediaId: string): Broadcast | undefined {
    return this.#byMedia.get(mediaId);
  }

  all(): Broadcast[] {
    return [...this.#byChannel.values()];
  }

  /** Those that can be watched. */
  live(): Broadcast[] {
    return this.all().filter(({ stream }) => stream.isWatchable);
  }

  totals(): StreamTotals {
    const streams = this.live().map(({ stream }) => stream);
    const live = streams.filter(({ state }) => state === 'live').length;
    const viewers = streams.reduce((sum, stream) => sum + stream.viewers, 0);
    return { live, reconnecting: streams.length - live, viewers };
  }

  /** The channel's present broadcast, or a new one. */
  claim(channel: StreamChannel): Broadcast {
    const present = this.#byChannel.get(channel.id);
    if (!present) return this.#add(new Broadcast({ ...this.#shared, channel }));
    present.channel = channel;
    return present;
  }

  /** The next one of the same channel, for those who stay when this one ended. */
  succeed({ channel, mediaId }: Broadcast): Broadcast {
    return this.#add(new Broadcast({ ...this.#shared, channel, mediaId }));
  }

  /** Whether it was still on. */
  end(broadcast: Broadcast, reason: EndReason): boolean {
    const { channelId } = broadcast.stream;
    if (this.#byChannel.get(channelId) !== broadcast) return false;
    this.#byChannel.delete(channelId);
    this.#byMedia.delete(broadcast.mediaId);
    broadcast.end(reason);
    const drained = broadcast.drained().then(() => void this.#draining.delete(broadcast));
    this.#draining.set(broadcast, drained);
    return true;
  }

  /** For the end of the process: resolves once the rows of all that ended are written, or after a few seconds. */
  async drained(): Promise<void> {
    for (const broadcast of this.#draining.keys()) broadcast.hurry();
    let cancel = () => {};
    const timeout = new Promise<void>((resolve) => {
      cancel = this.#shared.clock.after(DRAIN_MS, resolve);
    });
    await Promise.race([Promise.all(this.#draining.values()), timeout]);
    cancel();
  }

  #add(broadcast: Broadcast): Broadcast {
    this.#byChannel.set(broadcast.stream.channelId, broadcast);
    this.#byMedia.set(broadcast.mediaId, broadcast);
    return broadcast;
  }
}
