import type { Broadcast, StreamChannel } from './broadcast.ts';
import type { Broadcasts } from './broadcasts.ts';
import type { Endings } from './endings.ts';
import { StreamError } from './errors.ts';
import { whileMediaRuns } from './interruptions.ts';

/** How viewers come to a stream, or to wait for one. */
export class Audience {
  readonly #broadcasts: Broadcasts;
  readonly #endings: Endings;

  constructor({ broadcasts, endings }: { broadcasts: Broadcasts; endings: Endings }) {
    this.#broadcasts = broadcasts;
    this.#endings = endings;
  }

  /** What the viewer's session is opened on. Throws `not_live`, and what `open` does; then nothing is left of it. */
  async join<T>(channel: StreamChannel, open: (broadcast: Broadcast) => Promise<T>): Promise<T> {
    const broadcast = this.#watchable(channel);
    try {
      return await whileMediaRuns(() => open(broadcast));
    } finally {
      this.#endings.endIfIdle(broadcast, 'failed');
    }
  }

  #watchable(channel: StreamChannel): Broadcast {
    const broadcast = this.#broadcasts.ofChannel(channel.id);
    if (broadcast?.stream.isWatchable) return broadcast;
    if (channel.acceptsWaitingViewers) return this.#broadcasts.claim(channel);
    throw new StreamError('not_live', 'Nobody is live on this channel now.');
  }
}
