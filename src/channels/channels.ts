import { ChannelError } from './errors.ts';
import type { Channel, ChannelChange, ChannelDraft, ChannelQuery, ChannelStore } from './ports.ts';
import { slugProblem } from './slug.ts';

export interface ChannelPage {
  readonly channels: readonly Channel[];
  /** Where the next page starts; absent on the last one. */
  readonly nextCursor?: string;
}

/** The lasting places that streams happen on. */
export class Channels {
  readonly #store: ChannelStore;

  constructor({ store }: { store: ChannelStore }) {
    this.#store = store;
  }

  /** Throws `bad_slug` and `slug_taken`. */
  async create(draft: ChannelDraft): Promise<Channel> {
    const problem = slugProblem(draft.slug);
    if (problem !== undefined) throw new ChannelError('bad_slug', `The slug ${problem}.`);
    const channel = await this.#store.create(draft);
    if (!channel) throw new ChannelError('slug_taken', 'There is a channel with this slug already.');
    return channel;
  }

  bySlug(slug: string): Promise<Channel | undefined> {
    return slugProblem(slug) === undefined ? this.#store.bySlug(slug) : Promise.resolve(undefined);
  }

  async byId(id: string): Promise<Channel | undefined> {
    return (await this.#store.list({ ids: [id], limit: 1 }))[0];
  }

  async list(query: ChannelQuery): Promise<ChannelPage> {
    const found = await this.#store.list({ ...query, limit: query.limit + 1 });
    const channels = found.slice(0, query.limit);
    const last = channels.at(-1);
    return found.length > channels.length && last ? { channels, nextCursor: last.id } : { channels };
  }

  async update(channel: Channel, change: ChannelChange): Promise<Channel> {
    const updated = await this.#store.update(channel.id, change);
    if (!updated) throw new ChannelError('no_channel', 'There is no such channel.');
    return updated;
  }

  async delete(channel: Channel): Promise<void> {
    await this.#store.delete(channel.id);
  }
}
