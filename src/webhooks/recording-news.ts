import type { RecordingRecord, RecordingWitness } from '../recording/ports.ts';
import { eventBody } from './events.ts';
import type { ChannelNames, DeliveryStore } from './ports.ts';

/** What became of recordings, for those who asked to be told. */
export class RecordingNews implements RecordingWitness {
  readonly #deliveries: DeliveryStore;
  readonly #channels: ChannelNames;

  constructor({ deliveries, channels }: { deliveries: DeliveryStore; channels: ChannelNames }) {
    this.#deliveries = deliveries;
    this.#channels = channels;
  }

  async ended(ended: RecordingRecord): Promise<void> {
    const { channelId, id, streamId, title, state, startedAt, endedAt, problem, parts } = ended;
    const [channel] = await this.#channels.list({ ids: [channelId], limit: 1 });
    if (!channel) return;
    const recording = {
      ...{ id, streamId, title, problem, startedAt: startedAt.toISOString() },
      endedAt: endedAt?.toISOString() ?? null,
      durationMs: parts.reduce((sum, { durationMs }) => sum + durationMs, 0),
      bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    };
    const type = state === 'ready' ? 'recording.ready' : 'recording.failed';
    const body = eventBody(type, endedAt ?? startedAt, { channel: { slug: channel.slug }, recording });
    await this.#deliveries.accept({ channelId, type, body });
  }
}
