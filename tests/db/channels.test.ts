import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ChannelDraft } from '../../src/channels/ports.ts';
import type { Database } from '../../src/db/database.ts';
import { newChannel, newOwner, TestPostgres } from '../support/database.ts';

let postgres: TestPostgres;
let db: Database;
let ownerId: string;

beforeAll(async () => {
  postgres = await TestPostgres.start();
});
afterAll(() => postgres.close());

beforeEach(async () => {
  db = await postgres.open();
  ownerId = (await newOwner(db)).id;
  return () => db.close();
});

const draft = (slug: string, change: Partial<ChannelDraft> = {}): ChannelDraft => ({
  slug,
  title: `The ${slug}`,
  description: '',
  category: 'music',
  visibility: 'public',
  ownerId,
  ...change,
});
const make = (slug: string, change?: Partial<ChannelDraft>) => newChannel(db, draft(slug, change));
const slugs = async (query: Partial<Parameters<Database['channels']['list']>[0]>) =>
  (await db.channels.list({ limit: 100, ...query })).map((channel) => channel.slug);

const hashOf = (key: string) => createHash('sha256').update(key).digest();
const noon = new Date('2026-11-21T12:00:00Z');
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000);

test('a channel is found by its slug as it was made', async () => {
  const channel = await make('reef', { visibility: 'unlisted', description: 'Fish.' });
  expect(channel).toMatchObject(draft('reef', { visibility: 'unlisted', description: 'Fish.' }));
  expect(await db.channels.bySlug('reef')).toEqual(channel);
  for (const slug of ['Reef', 'reef\0', '']) expect(await db.channels.bySlug(slug)).toBeUndefined();
});

test('of many who take one slug at once exactly one gets it', async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => db.channels.create(draft('reef'))));
  expect(made.filter((channel) => channel !== undefined)).toHaveLength(1);
});

test('channels are listed newest first, in pages that neither repeat nor skip', async () => {
  for (const slug of ['a', 'b', 'c', 'd', 'e']) await make(slug);
  const first = await db.channels.list({ limit: 2 });
  await make('f');
  const second = await db.channels.list({ limit: 2, after: first[1]?.id ?? '' });
  const third = await db.channels.list({ limit: 2, after: second[1]?.id ?? '' });
  expect([first, second, third].flat().map((channel) => channel.slug)).toEqual(['e', 'd', 'c', 'b', 'a']);
});

test('a list is narrowed by ids, owner and visibility', async () => {
  const reef = await make('reef');
  await make('pier', { visibility: 'private' });
  await make('bay', { visibility: 'unlisted' });
  expect(await slugs({ ids: [reef.id, randomUUID(), 'no-id'] })).toEqual(['reef']);
  expect(await slugs({ ids: [] })).toEqual([]);
  expect(await slugs({ visibilities: ['public', 'unlisted'] })).toEqual(['bay', 'reef']);
  expect(await slugs({ visibilities: [] })).toEqual([]);
  expect(await slugs({ ownerId })).toHaveLength(3);
  expect(await slugs({ ownerId: randomUUID() })).toEqual([]);
  expect(await slugs({ after: 'no-id' })).toEqual([]);
});

test('a category is that very one, whatever the case, and its wildcards stand for themselves', async () => {
  await make('chess', { category: 'Chess' });
  await make('speed-chess', { category: 'Speed chess' });
  await make('odd-one', { category: '100%_' });
  expect(await slugs({ category: 'cHESS' })).toEqual(['chess']);
  expect(await slugs({ category: '100%_' })).toEqual(['odd-one']);
  for (const category of ['%', 'ch_ss', 'chess\0']) expect(await slugs({ category })).toEqual([]);
});

test('a tag is found by itself and by a text that means it, and categories are counted over public channels', async () => {
  await make('blitz', { tags: ['chess', 'speed-runs'], category: 'Games' });
  await make('marathon', { tags: ['speed-runs'], category: 'games' });
  await make('lake', { category: 'Games', visibility: 'unlisted' });
  await make('hill', { category: '' });
  await make('tide', { category: 'Öde' });
  await make('shore', { category: 'öde' });
  await make('bay', { category: 'öde' });
  expect(await slugs({ tag: 'speed-runs' })).toEqual(['marathon', 'blitz']);
  expect(await slugs({ tag: 'speed' })).toEqual([]);
  expect(await slugs({ text: 'Speed Runs', textAsTag: 'speed-runs' })).toEqual(['marathon', 'blitz']);
  const reef = await make('reef');
  expect(reef.tags).toEqual([]);
  expect((await db.channels.update(reef.id, { tags: ['corals'] }))?.tags).toEqual(['corals']);
  const found = await db.channels.categories(5);
  expect(found.map(({ name, channels }) => [name.toLowerCase(), channels])).toEqual([
    ['öde', 3],
    ['games', 2],
    ['music', 1],
  ]);
  expect(found[0]?.name).toBe('öde');
  expect(await db.channels.categories(1)).toHaveLength(1);
});

test('a text is found in slug or title whatever the case, and its wildcards stand for themselves', async () => {
  await make('reef', { title: 'Étang 100% live' });
  await make('pier_1', { title: 'Back\\slash' });
  expect(await slugs({ text: 'REE' })).toEqual(['reef']);
  expect(await slugs({ text: 'étANG' })).toEqual(['reef']);
  expect(await slugs({ text: '%' })).toEqual(['reef']);
  expect(await slugs({ text: '_' })).toEqual(['pier_1']);
  expect(await slugs({ text: '\\' })).toEqual(['pier_1']);
  expect(await slugs({ text: 'r%f' })).toEqual([]);
  expect(await slugs({ text: '\0' })).toEqual([]);
  expect(await slugs({ text: '' })).toHaveLength(2);
});

test('an update changes what it names and nothing else', async () => {
  const channel = await make('reef');
  const updated = await db.channels.update(channel.id, { title: 'New', visibility: 'private' });
  expect(updated).toEqual({ ...channel, title: 'New', visibility: 'private' });
  expect(await db.channels.bySlug('reef')).toEqual(updated);
  expect(await db.channels.update(channel.id, {})).toEqual(updated);
  for (const id of [randomUUID(), 'no-id']) expect(await db.channels.update(id, { title: 'x' })).toBeUndefined();
});

test('a deleted channel takes its keys, streams and viewers with it', async () => {
  const channel = await make('reef');
  const other = await make('pier');
  const [streamId, viewerId] = [randomUUID(), randomUUID()];
  await db.streamKeys.add({
    channelId: channel.id,
    name: 'OBS',
    prefix: 'live_',
    hash: hashOf('key'),
    expiresAt: null,
  });
  await db.streams.start({ id: streamId, channelId: channel.id, title: '', startedAt: noon });
  await db.streams.viewersJoined(streamId, [{ id: viewerId, at: noon }]);
  expect(await db.channels.delete(channel.id)).toBe(true);
  expect(await db.channels.delete(channel.id)).toBe(false);
  expect(await db.channels.delete('no-id')).toBe(false);
  expect(await db.streamKeys.byHash(hashOf('key'), noon)).toBeUndefined();
  expect(await db.streams.byId(streamId)).toBeUndefined();
  expect(await slugs({})).toEqual([other.slug]);
});

test('a key leads to itself and its channel until it expires', async () => {
  const channel = await make('reef');
  const lasting = { channelId: channel.id, name: 'OBS', prefix: 'live_a', hash: hashOf('a'), expiresAt: null };
  const short = { channelId: channel.id, name: 'once', prefix: 'live_b', hash: hashOf('b'), expiresAt: later(60) };
  const a = await db.streamKeys.add(lasting);
  const b = await db.streamKeys.add(short);
  expect(a).toEqual({
    id: a.id,
    channelId: channel.id,
    name: 'OBS',
    prefix: 'live_a',
    createdAt: a.createdAt,
    lastUsedAt: null,
    expiresAt: null,
  });
  expect(await db.streamKeys.byHash(hashOf('a'), later(1e6))).toEqual({ key: a, channel });
  expect(await db.streamKeys.byHash(hashOf('b'), later(59))).toEqual({ key: b, channel });
  expect(await db.streamKeys.byHash(hashOf('b'), later(60))).toBeUndefined();
  expect(await db.streamKeys.byHash(hashOf('c'), noon)).toBeUndefined();
  expect(await db.streamKeys.deleteExpired(later(60))).toBe(1);
  expect(await db.streamKeys.list(channel.id, { now: later(59), limit: 9 })).toEqual([a]);
  expect(await db.streamKeys.list(channel.id, { now: later(1e6), limit: 9 })).toEqual([a]);
});

test('a rotated key keeps its id and name, and the old secret is worth nothing', async () => {
  const { id: channelId } = await make('reef');
  const other = await make('pier');
  const key = await db.streamKeys.add({ channelId, name: 'OBS', prefix: 'live_a', hash: hashOf('a'), expiresAt: null });
  const secret = { prefix: 'live_b', hash: hashOf('b') };
  expect(await db.streamKeys.replace(other.id, key.id, secret)).toBeUndefined();
  expect(await db.streamKeys.replace(channelId, 'no-id', secret)).toBeUndefined();
  expect(await db.streamKeys.replace(channelId, key.id, secret)).toEqual({ ...key, prefix: 'live_b' });
  expect(await db.streamKeys.byHash(hashOf('a'), noon)).toBeUndefined();
  expect((await db.streamKeys.byHash(hashOf('b'), noon))?.key.id).toBe(key.id);
});

test('a key tells when it was used last, and is deleted through its own channel only', async () => {
  const { id: channelId } = await make('reef');
  const other = await make('pier');
  const key = await db.streamKeys.add({ channelId, name: 'OBS', prefix: 'live_a', hash: hashOf('a'), expiresAt: null });
  expect(await db.streamKeys.used(hashOf('a'), noon)).toEqual({ ...key, lastUsedAt: noon });
  expect(await db.streamKeys.list(channelId, { now: noon, limit: 9 })).toEqual([{ ...key, lastUsedAt: noon }]);
  expect(await db.streamKeys.delete(other.id, key.id)).toBe(false);
  expect(await db.streamKeys.delete(channelId, key.id)).toBe(true);
  expect(await db.streamKeys.delete(channelId, key.id)).toBe(false);
  expect(await db.streamKeys.used(hashOf('a'), noon)).toBeUndefined();
});

test('a key is given another name or end, each alone, through its own channel only', async () => {
  const { id: channelId } = await make('reef');
  const other = await make('pier');
  const key = await db.streamKeys.add({ channelId, name: 'OBS', prefix: 'live_a', hash: hashOf('a'), expiresAt: null });
  expect(await db.streamKeys.update(channelId, key.id, { expiresAt: noon })).toEqual({ ...key, expiresAt: noon });
  expect(await db.streamKeys.update(channelId, key.id, { name: 'Van' })).toMatchObject({
    name: 'Van',
    expiresAt: noon,
  });
  expect(await db.streamKeys.update(channelId, key.id, { expiresAt: null })).toMatchObject({ expiresAt: null });
  expect(await db.streamKeys.update(other.id, key.id, { name: 'x' })).toBeUndefined();
  expect(await db.streamKeys.update(channelId, 'no-id', { name: 'x' })).toBeUndefined();
});

test('a viewer token is found, listed and deleted through its own channel, until it expires', async () => {
  const { id: channelId } = await make('reef');
  const other = await make('pier');
  const add = (label: string, expiresAt: Date, on = channelId) =>
    db.viewerTokens.add({ channelId: on, label, maxViewers: label === 'a' ? 3 : null, expiresAt });
  const [a, b, c] = [await add('a', later(60)), await add('b', later(120)), await add('c', later(180))];
  const elsewhere = await add('d', later(60), other.id);
  expect(a).toMatchObject({ channelId, label: 'a', maxViewers: 3, expiresAt: later(60) });

  expect(await db.viewerTokens.find(channelId, a.id, later(59))).toEqual(a);
  expect(await db.viewerTokens.find(channelId, a.id, later(60))).toBeUndefined();
  expect(await db.viewerTokens.find(channelId, elsewhere.id, noon)).toBeUndefined();
  for (const id of [randomUUID(), 'no-id']) expect(await db.viewerTokens.find(channelId, id, noon)).toBeUndefined();

  expect(await db.viewerTokens.list(channelId, { now: noon, limit: 2 })).toEqual([c, b]);
  expect(await db.viewerTokens.list(channelId, { now: noon, limit: 2, after: b.id })).toEqual([a]);
  expect(await db.viewerTokens.list(channelId, { now: later(60), limit: 9 })).toEqual([c, b]);
  expect(await db.viewerTokens.list(channelId, { now: noon, limit: 9, after: 'no-id' })).toEqual([]);

  expect(await db.viewerTokens.delete(other.id, b.id)).toBe(false);
  expect(await db.viewerTokens.delete(channelId, 'no-id')).toBe(false);
  expect(await db.viewerTokens.delete(channelId, b.id)).toBe(true);
  expect(await db.viewerTokens.deleteExpired(later(60))).toBe(2);
  expect(await db.viewerTokens.deleteAll(channelId)).toEqual([c.id]);
  expect(await db.viewerTokens.deleteAll(channelId)).toEqual([]);
});
