import type { StreamEvent, StreamWitness } from '../streams/ports.ts';
import { eventBody, type WebhookEvent } from './events.ts';
import type { DeliveryStore } from './ports.ts';

const NAMES = {
  started: 'stream.started',
  ended: 'stream.ended',
  reconnecting: 'stream.reconnecting',
  viewer_peak: 'stream.viewer_peak',
  advice_raised: 'advice.raised',
} as const satisfies Record<StreamEvent['type'], WebhookEvent>;

/** What became of streams, for those who asked to be told. */
export class StreamNews implements StreamWitness {
  readonly #deliveries: DeliveryStore;

  constructor({ deliveries }: { deliveries: DeliveryStore }) {
    this.#deliveries = deliveries;
  }

  async happened(event: StreamEvent): Promise<void> {
    const type = NAMES[event.type];
    await this.#deliveries.accept({
      channelId: event.channel.id,
      type,
      body: eventBody(type, event.at, dataOf(event)),
    });
  }
}

function dataOf(event: StreamEvent): object {
  const channel = { slug: event.channel.slug };
  const stream = { ...event.stream, startedAt: event.stream.startedAt.toISOString() };
  switch (event.type) {
    case 'started':
      return { channel, stream: { ...stream, codecs: event.codecs } };
    case 'ended': {
      const { at, reason, peakViewers } = event;
      return { channel, stream: { ...stream, endedAt: at.toISOString(), reason, peakViewers } };
    }
    case 'reconnecting':
      return { channel, stream };
    case 'viewer_peak':
      return { channel, stream, viewers: event.viewers };
    case 'advice_raised':
      return { channel, stream, advice: event.advice };
  }
}
