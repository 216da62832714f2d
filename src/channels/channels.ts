import { ChannelError } from './errors.ts';
import type { CategoryCount, Channel, ChannelChange, ChannelDraft, ChannelQuery, ChannelStore } from './ports.ts';
import { slugProblem } from './slug.ts';
import { tagOf } from './tags.ts';

const FRESH_MS = 1_000;
const MAX_FRESH = 1_000;

/** The lasting places that streams happen on. */
export class Channels {
  readonly #store: ChannelStore;
  readonly #now: () => number;
  /** Read a moment ago: a thousand viewers who come at once ask the database once. */
  readonly #fresh = new Map<string, { readonly channel: Promise<Channel | undefined>; readonly untilMs: number }>();

  constructor({ store, now = Date.now }: { store: ChannelStore; now?: () => number }) {
    this.#store = store;
    this.#now = now;
  }

  /** Throws `bad_slug` and `slug_taken`. */
  async create(draft: ChannelDraft): Promise<Channel> {
    const problem = slugProblem(draft.slug);
    if (problem !== undefined) throw new ChannelError('bad_slug', `The slug ${problem}.`);
    const channel = await this.#store.create(draft);
    this.#fresh.delete(draft.slug);
    if (!channel) throw new ChannelError('slug_taken', 'There is a channel with this slug already.');
    return channel;
  }

  bySlug(slug: string): Promise<Channel | undefined> {
    if (slugProblem(slug) !== undefined) return Promise.resolve(undefined);
    const fresh = this.#fresh.get(slug);
    if (fresh && this.#now() < fresh.untilMs) return fresh.channel;
    const channel = this.#store.bySlug(slug);
    if (this.#fresh.size >= MAX_FRESH) this.#fresh.clear();
    this.#fresh.set(slug, { channel, untilMs: this.#now() + FRESH_MS });
    channel.catch(() => this.#fresh.delete(slug));
    return channel;
  }

  async byId(id: string): Promise<Channel | undefined> {
    return (await this.#store.list({ ids: [id], limit: 1 }))[0];
  }

  list(query: ChannelQuery): Promise<readonly Channel[]> {
    const textAsTag = query.text === undefined ? undefined : tagOf(query.text);
    return this.#store.list({ ...query, ...(textAsTag !== undefined && { textAsTag }) });
  }

  categories(limit: number): Promise<readonly CategoryCount[]> {
    return this.#store.categories(limit);
  }

  async update(channel: Channel, change: ChannelChange): Promise<Channel> {
    const updated = await this.#store.update(channel.id, change);
    this.#fresh.delete(channel.slug);
    if (!updated) throw new ChannelError('no_channel', 'There is no such channel.');
    return updated;
  }

  async delete(channel: Channel): Promise<void> {
    await this.#store.delete(channel.id);
    this.#fresh.delete(channel.slug);
  }
}
