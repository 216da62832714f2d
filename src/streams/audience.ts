import { parseOffer } from '../sdp/offer.ts';
import type { Broadcast } from './broadcast.ts';
import type { Broadcasts } from './broadcasts.ts';
import type { Endings } from './endings.ts';
import { StreamError } from './errors.ts';
import { whileMediaRuns } from './interruptions.ts';
import type { StreamChannel } from './live-snapshot.ts';
import type { OfferedSession, OpenedSession, Openings } from './openings.ts';
import type { Pass } from './passes.ts';
import type { Caller, Visitors } from './visitors.ts';

export interface JoinRequest {
  readonly channel: StreamChannel;
  /** Who asks, to tell visitors apart. */
  readonly from?: Caller;
  /** What lets him watch; none where he may always see the channel. */
  readonly pass?: Pass | undefined;
}

export interface PlayRequest extends JoinRequest {
  readonly offer: string;
}

/** How viewers come to a stream, or to wait for one. */
export class Audience {
  readonly #broadcasts: Broadcasts;
  readonly #endings: Endings;
  readonly #openings: Openings;
  readonly #visitors: Visitors;

  constructor(options: { broadcasts: Broadcasts; endings: Endings; openings: Openings; visitors: Visitors }) {
    this.#broadcasts = options.broadcasts;
    this.#endings = options.endings;
    this.#openings = options.openings;
    this.#visitors = options.visitors;
  }

  /** Throws `SdpError` and `StreamError`. */
  play({ channel, offer, from, pass }: PlayRequest): Promise<OpenedSession> {
    const guest = { visitor: from && this.#visitors.of(from), pass };
    return this.#join(channel, (broadcast) => this.#openings.viewer(broadcast, parseOffer(offer), guest));
  }

  /** Throws `StreamError`. */
  offer({ channel, from, pass }: JoinRequest): Promise<OfferedSession> {
    const guest = { visitor: from && this.#visitors.of(from), pass };
    return this.#join(channel, async (broadcast) => this.#openings.viewerToAnswer(broadcast, guest));
  }

  /** What the viewer's session is opened on. Throws `not_live`, and what `open` does; then nothing is left of it. */
  async #join<T>(channel: StreamChannel, open: (broadcast: Broadcast) => Promise<T>): Promise<T> {
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
