import { beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../src/channels/ports.ts';
import { StreamKeys } from '../../src/channels/stream-keys.ts';
import { FakeChannelStore, FakeStreamKeyStore } from '../support/fake-channel-stores.ts';

const HOUR_MS = 3_600_000;

let nowMs: number;
let store: FakeStreamKeyStore;
let keys: StreamKeys;
let channel: Channel;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  const channels = new FakeChannelStore();
  store = new FakeStreamKeyStore(channels);
  keys = new StreamKeys({ store, now: () => new Date(nowMs) });
  const draft = { slug: 'brook', title: '', description: '', category: '', visibility: 'public', ownerId: '' } as const;
  channel = (await channels.create(draft)) ?? expect.unreachable();
});

describe('a stream key', () => {
  it('is 256 random bits behind a prefix that tells what it is', async () => {
    const [one, other] = [await keys.create(channel.id, { name: 'a' }), await keys.create(channel.id, { name: 'b' })];
    expect(one.key).toMatch(/^fr_[A-Za-z0-9_-]{43}$/);
    expect(one.key).not.toBe(other.key);
    expect(one.record.prefix).toBe(one.key.slice(0, 9));
  });

  it('is kept only as its hash', async () => {
    const { key } = await keys.create(channel.id, { name: 'OBS' });
    expect(JSON.stringify([...store.rows.values()])).not.toContain(key.slice(9));
  });

  it('says which channel it publishes on', async () => {
    const { key, record } = await keys.create(channel.id, { name: 'OBS' });
    expect(await keys.authenticate(key)).toMatchObject({ key: { id: record.id }, channel: { slug: 'brook' } });
  });

  it.each(['', 'fr_', 'fr_wrong', ' ', 'x'.repeat(100_000)])('is not %j', async (key) => {
    await expect(keys.authenticate(key)).rejects.toMatchObject({ code: 'bad_key' });
  });

  it('for a short time is worth nothing after it, and is forgotten', async () => {
    const { key } = await keys.create(channel.id, { name: 'Browser studio', ttlSeconds: 3600 });
    nowMs += HOUR_MS - 1;
    await expect(keys.authenticate(key)).resolves.toBeDefined();
    nowMs += 1;
    await expect(keys.authenticate(key)).rejects.toMatchObject({ code: 'bad_key' });
    expect(await keys.list(channel.id, { limit: 9 })).toEqual([]);
    nowMs += 1;
    await keys.create(channel.id, { name: 'next' });
    expect([...store.rows.values()].map(({ name }) => name)).toEqual(['next']);
  });

  it('is given another name or end until it has expired', async () => {
    const { record } = await keys.create(channel.id, { name: 'OBS', ttlSeconds: 3600 });
    const expiresAt = new Date(nowMs + 60_000);
    expect(await keys.change(channel.id, record.id, { name: 'Van' })).toEqual({ ...record, name: 'Van' });
    expect(await keys.change(channel.id, record.id, { expiresAt: null })).toMatchObject({ expiresAt: null });
    expect(await keys.change(channel.id, record.id, { ttlSeconds: 60 })).toMatchObject({ name: 'Van', expiresAt });
    nowMs += 61_000;
    await expect(keys.change(channel.id, record.id, { expiresAt: null })).rejects.toMatchObject({ code: 'no_key' });
  });

  it('that was rotated keeps its name and nothing else', async () => {
    const { key, record } = await keys.create(channel.id, { name: 'OBS' });
    const rotated = await keys.rotate(channel.id, record.id);
    expect(rotated.record).toMatchObject({ id: record.id, name: 'OBS' });
    await expect(keys.authenticate(key)).rejects.toMatchObject({ code: 'bad_key' });
    await expect(keys.authenticate(rotated.key)).resolves.toBeDefined();
  });
});
