import { type Offer, parseOffer } from '../sdp/offer.ts';
import type { Broadcasts } from './broadcasts.ts';
import type { Endings } from './endings.ts';
import { whileMediaRuns } from './interruptions.ts';
import type { StreamChannel } from './live-snapshot.ts';
import type { PublishKey } from './live-stream.ts';
import type { OpenedSession, Openings } from './openings.ts';
import { Turns } from './turns.ts';

export interface PublishRequest {
  readonly channel: StreamChannel;
  readonly offer: string;
  readonly key?: PublishKey;
}

interface IngestOptions {
  readonly broadcasts: Broadcasts;
  readonly endings: Endings;
  readonly openings: Openings;
  /** Throws where the server takes no more. */
  readonly admit: () => void;
}

/** How publishers come to a channel: one at a time. */
export class Ingest {
  readonly #options: IngestOptions;
  readonly #turns = new Turns();

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  /** Throws `SdpError` and `StreamError`. */
  async publish({ channel, offer, key }: PublishRequest): Promise<OpenedSession> {
    this.#options.admit();
    const parsed = parseOffer(offer);
    return this.#turns.take(channel.id, () => whileMediaRuns(() => this.#open(channel, parsed, key)));
  }

  async #open(channel: StreamChannel, offer: Offer, key: PublishKey | undefined): Promise<OpenedSession> {
    const { broadcasts, endings, openings, admit } = this.#options;
    // Much may have happened before its turn came.
    admit();
    const broadcast = broadcasts.claim(channel);
    try {
      return await openings.publisher(broadcast, offer, key);
    } finally {
      endings.endIfIdle(broadcast, 'failed');
    }
  }
}
