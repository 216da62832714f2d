import type { JobRecord, JobWitness } from '../jobs/ports.ts';
import { eventBody } from './events.ts';
import type { ChannelNames, DeliveryStore } from './ports.ts';

/** What became of jobs, for those who asked to be told. Those of live streams come and go without a word. */
export class JobNews implements JobWitness {
  readonly #deliveries: Pick<DeliveryStore, 'accept'>;
  readonly #channels: ChannelNames;

  constructor({ deliveries, channels }: { deliveries: Pick<DeliveryStore, 'accept'>; channels: ChannelNames }) {
    this.#deliveries = deliveries;
    this.#channels = channels;
  }

  async ended({ id, kind, status, problem, channelId, recordingId, createdAt, endedAt }: JobRecord): Promise<void> {
    if (recordingId === null) return;
    const [channel] = await this.#channels.list({ ids: [channelId], limit: 1 });
    if (!channel) return;
    const job = {
      ...{ id, kind, status, problem, recordingId, createdAt: createdAt.toISOString() },
      endedAt: endedAt?.toISOString() ?? null,
    };
    const type = status === 'done' ? 'job.done' : 'job.failed';
    const body = eventBody(type, endedAt ?? createdAt, { channel: { slug: channel.slug }, job });
    await this.#deliveries.accept({ channelId, type, body });
  }
}
