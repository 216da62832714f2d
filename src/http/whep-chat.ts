import type { Context } from 'hono';
import type { Channel } from '../channels/ports.ts';
import type { ChatLinks } from '../chat/links.ts';
import type { StreamRegistry } from '../streams/registry.ts';
import type { ChatVisitors } from './chat-visitors.ts';

const DATA_CHANNELS = 'webrtc-datachannel';

interface WhepChatOptions {
  readonly streams: StreamRegistry;
  readonly links: ChatLinks;
  readonly visitors: ChatVisitors;
}

/** Tells the chat who holds a player's session, before his data channel can open. */
export class WhepChat {
  readonly #options: WhepChatOptions;

  constructor(options: WhepChatOptions) {
    this.#options = options;
  }

  /** To be called with the session that the offer led to. Without data channels in the offer there is nothing to do. */
  async expect(c: Context, channel: Channel, offer: string): Promise<(sessionId: string) => void> {
    if (!offer.includes(DATA_CHANNELS)) return () => {};
    const { streams, links, visitors } = this.#options;
    const visitor = await visitors.player(c, channel);
    return (sessionId) => {
      streams.viewing(sessionId, () => links.ended(sessionId));
      links.admitted(sessionId, visitor);
    };
  }
}
