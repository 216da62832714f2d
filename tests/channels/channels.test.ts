import { beforeEach, describe, expect, it } from 'vitest';
import { Channels } from '../../src/channels/channels.ts';
import type { Channel } from '../../src/channels/ports.ts';
import { FakeChannelStore } from '../support/fake-channel-stores.ts';

const draft = {
  slug: 'brook',
  title: 'A brook',
  description: '',
  category: '',
  visibility: 'public',
  ownerId: '',
} as const;

class CountingStore extends FakeChannelStore {
  lookUps = 0;
  failure: Error | undefined;

  override async bySlug(slug: string): Promise<Channel | undefined> {
    this.lookUps += 1;
    if (this.failure) throw this.failure;
    return super.bySlug(slug);
  }
}

const defaults = {
  acceptsWaitingViewers: false,
  isRecorded: false,
  isAdaptive: false,
  makesRenditions: false,
  tags: [],
  avatarFile: null,
  posterFile: null,
  chat: 'everyone',
  slowModeSeconds: 0,
  chatLinks: false,
} as const;

let nowMs: number;
let store: CountingStore;
let channels: Channels;

beforeEach(() => {
  nowMs = 0;
  store = new CountingStore();
  channels = new Channels({ store, now: () => nowMs });
});

describe('a channel', () => {
  it('that many ask for at once is looked up once, and again a second later', async () => {
    await channels.create(draft);
    store.lookUps = 0;
    await Promise.all(Array.from({ length: 100 }, () => channels.bySlug('brook')));
    expect(store.lookUps).toBe(1);
    nowMs += 1_000;
    await channels.bySlug('brook');
    expect(store.lookUps).toBe(2);
  });

  it('is seen as it is at once after each change', async () => {
    expect(await channels.bySlug('brook')).toBeUndefined();
    const channel = await channels.create(draft);
    expect(await channels.bySlug('brook')).toMatchObject({ visibility: 'public' });
    await channels.update(channel, { visibility: 'private' });
    expect(await channels.bySlug('brook')).toMatchObject({ visibility: 'private' });
    await channels.delete(channel);
    expect(await channels.bySlug('brook')).toBeUndefined();
  });

  it('that could not be looked up is looked up anew', async () => {
    await channels.create(draft);
    store.failure = new Error('the database is away');
    await expect(channels.bySlug('brook')).rejects.toThrow('away');
    store.failure = undefined;
    expect(await channels.bySlug('brook')).toBeDefined();
  });

  it('cannot have a slug that is taken, reserved or malformed', async () => {
    await channels.create(draft);
    await expect(channels.create(draft)).rejects.toMatchObject({ code: 'slug_taken' });
    await expect(channels.create({ ...draft, slug: 'studio' })).rejects.toMatchObject({ code: 'bad_slug' });
    await expect(
      channels.update({ ...defaults, id: 'none', ...draft, createdAt: new Date() }, {}),
    ).rejects.toMatchObject({
      code: 'no_channel',
    });
  });
});
