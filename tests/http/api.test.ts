import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, FakeApp } from '../support/fake-app.ts';
import { settled } from '../support/fake-clock.ts';

const UNKNOWN_ID = '1c0e8e9e-1111-4222-8333-944444444444';

let fake: FakeApp;
let owner: Awaited<ReturnType<FakeApp['account']>>;

beforeEach(async () => {
  fake = new FakeApp();
  owner = await fake.account('owner', 'owner');
});

const body = async (response: Response) => (await response.json()) as Record<string, unknown>;
const call = (method: string, path: string, given: unknown = undefined, token = owner.token) =>
  fake.call(method, path, { token, ...(given !== undefined && { body: given }) });

describe('channels', () => {
  it('are made, read, changed and deleted', async () => {
    const made = await call('POST', '/channels', { slug: 'brook', title: ' A brook ', category: 'Nature' });
    expect([made.status, made.headers.get('location')]).toEqual([201, '/api/v1/channels/brook']);
    expect(await body(made)).toMatchObject({
      slug: 'brook',
      title: 'A brook',
      description: '',
      category: 'Nature',
      visibility: 'public',
      live: { state: 'offline', viewers: 0, startedAt: null, title: 'A brook', lastEndedAt: null },
    });
    expect(await body(await fake.call('GET', '/channels/brook'))).toMatchObject({ title: 'A brook' });

    const changed = await call('PATCH', '/channels/brook', { title: 'A river', visibility: 'unlisted' });
    expect(changed.status).toBe(200);
    expect(await body(changed)).toMatchObject({ title: 'A river', visibility: 'unlisted', category: 'Nature' });

    expect((await call('DELETE', '/channels/brook')).status).toBe(204);
    expect((await fake.call('GET', '/channels/brook')).status).toBe(404);
  });

  it('take the stream of an encoder with them that came back while they were being deleted', async () => {
    const { channel, key } = await fake.channel('brook', owner.user.id);
    await fake.goLive(key);
    const remove = fake.channelStore.delete.bind(fake.channelStore);
    fake.channelStore.delete = async (id) => {
      await fake.goLive(key);
      return remove(id);
    };
    expect((await call('DELETE', '/channels/brook')).status).toBe(204);
    expect([fake.media.sessions.size, fake.streams.live(channel.id).live]).toEqual([0, false]);
  });

  it.each([
    ['a taken slug', { slug: 'taken', title: 'x' }, 409, undefined],
    ['a reserved slug', { slug: 'whip', title: 'x' }, 422, 'slug'],
    ['a short slug', { slug: 'ab', title: 'x' }, 422, 'slug'],
    ['a slug with capitals', { slug: 'Brook', title: 'x' }, 422, 'slug'],
    ['a slug with a slash', { slug: 'a/b/c', title: 'x' }, 422, 'slug'],
    ['no slug', { title: 'x' }, 422, 'slug'],
    ['an empty title', { slug: 'brook', title: ' ' }, 422, 'title'],
    ['a number for a title', { slug: 'brook', title: 7 }, 422, 'title'],
    ['a long description', { slug: 'brook', title: 'x', description: 'x'.repeat(5000) }, 422, 'description'],
    ['half a character', { slug: 'brook', title: 'a\ud800' }, 422, 'title'],
    ['a field that is not known', { slug: 'brook', title: 'x', ownerId: 'me' }, 422, 'ownerId'],
    ['an unknown visibility', { slug: 'brook', title: 'x', visibility: 'secret' }, 422, 'visibility'],
    ['a list', [], 422, ''],
  ])('are refused with %s', async (_, draft, status, field) => {
    await fake.channel('taken', owner.user.id);
    const response = await call('POST', '/channels', draft);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = await body(response);
    expect(problem).toMatchObject({ status, detail: expect.any(String) });
    if (field !== undefined) expect(problem['errors']).toMatchObject([{ path: field, message: expect.any(String) }]);
  });

  it.each([
    ['broken JSON', { 'content-type': 'application/json' }, '{"slug":', 400],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'slug=brook', 415],
    ['plain text', { 'content-type': 'text/plain' }, '{"slug":"brook","title":"x"}', 415],
    ['too much', { 'content-type': 'application/json' }, `"${'x'.repeat(70_000)}"`, 413],
  ])('are refused as %s', async (_, headers, body, status) => {
    const authorization = `Bearer ${owner.token}`;
    const response = await fake.request('/api/v1/channels', {
      method: 'POST',
      headers: { authorization, ...headers },
      body,
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  });

  it('keep their tags in one form, and are found by them', async () => {
    const made = await call('POST', '/channels', {
      slug: 'brook',
      title: 'x',
      tags: ['Speed  Runs', 'speed-runs', '囲碁'],
    });
    expect(await body(made)).toMatchObject({ tags: ['speed-runs', '囲碁'] });
    await fake.channel('river', owner.user.id);
    for (const query of ['tag=SPEED%20runs', `tag=${encodeURIComponent('囲碁')}`, 'q=speed%20runs']) {
      expect(slugs(await body(await fake.call('GET', `/channels?${query}`))), query).toEqual(['brook']);
    }
    const changed = await call('PATCH', '/channels/brook', { tags: ['chess'] });
    expect(await body(changed)).toMatchObject({ tags: ['chess'] });
    expect(await body(await call('PATCH', '/channels/brook', { title: 'y' }))).toMatchObject({ tags: ['chess'] });
  });

  it.each([
    [['x'], 'tags.0'],
    [['fine', 'a/b'], 'tags.1'],
    [['a'.repeat(25)], 'tags.0'],
    [['one', 'two', 'three', 'four', 'five', 'six'], 'tags'],
  ])('are refused with the tags %j', async (tags, path) => {
    const response = await call('POST', '/channels', { slug: 'brook', title: 'x', tags });
    expect([response.status, (await body(response))['errors']]).toMatchObject([422, [{ path }]]);
  });

  it('count under their category, whatever its case, where everybody may see them', async () => {
    for (const [slug, category, visibility] of [
      ['one', 'Music', 'public'],
      ['two', 'music', 'public'],
      ['three', 'Games', 'public'],
      ['four', 'Secrets', 'private'],
      ['five', '', 'public'],
    ]) {
      await call('POST', '/channels', { slug: `the-${slug}`, title: 'x', category, visibility });
    }
    const { categories } = await body(await fake.call('GET', '/categories'));
    expect(categories).toEqual([
      { name: 'Music', channels: 2 },
      { name: 'Games', channels: 1 },
    ]);
  });

  it('are listed in pages, newest first, public ones only', async () => {
    for (const slug of ['one', 'two', 'three', 'four']) await fake.channel(slug, owner.user.id);
    await fake.channel('hidden', owner.user.id, 'unlisted');
    await fake.channel('secret', owner.user.id, 'private');
    const first = await body(await fake.call('GET', '/channels?limit=3'));
    expect(slugs(first)).toEqual(['four', 'three', 'two']);
    const second = await body(await fake.call('GET', `/channels?limit=3&cursor=${first['nextCursor']}`));
    expect([slugs(second), second['nextCursor']]).toEqual([['one'], null]);
  });

  it('are found by text, by being live, and by their owner', async () => {
    const { key } = await fake.channel('brook', owner.user.id);
    await fake.channel('secret', owner.user.id, 'private');
    const other = await fake.account('other', 'streamer');
    await fake.channel('river', other.user.id);
    await fake.goLive(key);
    expect(slugs(await body(await fake.call('GET', '/channels?q=RIV')))).toEqual(['river']);
    const live = await body(await fake.call('GET', '/channels?live=true'));
    expect(live['items']).toMatchObject([{ slug: 'brook', live: { state: 'live', viewers: 0 } }]);
    expect(slugs(await body(await call('GET', '/channels?mine=true')))).toEqual(['secret', 'brook']);
    expect(slugs(await body(await call('GET', '/channels?mine=true', undefined, other.token)))).toEqual(['river']);
    expect((await fake.call('GET', '/channels?mine=true')).status).toBe(401);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'live=maybe', 'tag=x', `q=${'x'.repeat(200)}`])(
    'are not listed by %s',
    async (query) => {
      const response = await fake.call('GET', `/channels?${query}`);
      expect(response.status).toBe(422);
      expect(await body(response)).toMatchObject({ errors: [{ path: query.split('=')[0] }] });
    },
  );

  it('that are deleted while live end their stream', async () => {
    const { key } = await fake.channel('brook', owner.user.id);
    await fake.goLive(key);
    await call('DELETE', '/channels/brook');
    expect(fake.media.sessions.size).toBe(0);
  });

  const slugs = (page: Record<string, unknown>) => (page['items'] as { slug: string }[]).map(({ slug }) => slug);
});

describe('stream keys', () => {
  it('are shown once, publish, and can be rotated and revoked', async () => {
    await fake.channel('brook', owner.user.id);
    const made = await call('POST', '/channels/brook/keys', { name: 'OBS' });
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { id, key, prefix } = (await body(made)) as { id: string; key: string; prefix: string };
    expect(key).toMatch(/^fr_[\w-]{43}$/);
    expect(key.startsWith(prefix)).toBe(true);

    const list = await (await call('GET', '/channels/brook/keys')).text();
    expect(list).toContain(prefix);
    expect(list).not.toContain(key);
    expect(list).not.toContain('hash');

    await fake.goLive(key);
    const rotated = (await body(await call('POST', `/channels/brook/keys/${id}/rotate`))) as {
      id: string;
      key: string;
    };
    expect(rotated.id).toBe(id);
    expect(fake.media.sessions.size).toBe(0);
    expect((await fake.publish(key)).status).toBe(401);

    await fake.goLive(rotated.key);
    expect((await call('DELETE', `/channels/brook/keys/${id}`)).status).toBe(204);
    await settled();
    expect(fake.media.sessions.size).toBe(0);
    expect((await fake.publish(rotated.key)).status).toBe(401);
    expect([...fake.streamStore.rows.values()].map(({ endReason }) => endReason)).toEqual([
      'key_revoked',
      'key_revoked',
    ]);
    expect((await call('POST', `/channels/brook/keys/${id}/rotate`)).status).toBe(404);
  });

  it('of one channel cannot be touched through another', async () => {
    const { keyId } = await fake.channel('brook', owner.user.id);
    await fake.channel('river', owner.user.id);
    await call('DELETE', `/channels/river/keys/${keyId}`);
    expect((await call('GET', `/channels/river/keys/${keyId}`)).status).toBe(404);
    expect((await call('GET', `/channels/brook/keys/${keyId}`)).status).toBe(200);
  });

  it.each([
    [{}],
    [{ name: '' }],
    [{ name: 'x', ttlSeconds: 5 }],
    [{ name: 'x', ttlSeconds: 1.5 }],
    [{ name: 'x', expiresAt: '2020-01-01T00:00:00Z' }],
    [{ name: 'x', expiresAt: 'tomorrow' }],
    [{ name: 'x', ttlSeconds: 60, expiresAt: null }],
  ])('are refused with %j', async (draft) => {
    await fake.channel('brook', owner.user.id);
    expect((await call('POST', '/channels/brook/keys', draft)).status).toBe(422);
  });

  it('get another name and end, which the list shows', async () => {
    const { keyId } = await fake.channel('brook', owner.user.id);
    const path = `/channels/brook/keys/${keyId}`;
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const changed = await call('PATCH', path, { name: 'Van', expiresAt });
    expect([changed.status, await body(changed)]).toMatchObject([200, { id: keyId, name: 'Van', expiresAt }]);
    expect(await body(await call('GET', '/channels/brook/keys'))).toMatchObject({
      items: [{ name: 'Van', expiresAt }],
    });
    expect(await body(await call('PATCH', path, { expiresAt: null }))).toMatchObject({ name: 'Van', expiresAt: null });
    expect((await call('PATCH', path, { ttlSeconds: 60, expiresAt })).status).toBe(422);
    expect((await call('PATCH', '/channels/brook/keys/00000000-0000-7000-8000-000000000000', {})).status).toBe(404);
  });

  it('may live for a short time only', async () => {
    await fake.channel('brook', owner.user.id);
    const made = await body(await call('POST', '/channels/brook/keys', { name: 'Browser studio', ttlSeconds: 3600 }));
    expect(Date.parse(String(made['expiresAt'])) - Date.now()).toBeGreaterThan(3_590_000);
  });
});

describe('live', () => {
  it('shows what is on, and stops it', async () => {
    const { key } = await fake.channel('brook', owner.user.id);
    expect(await body(await fake.call('GET', '/channels/brook/live'))).toEqual({
      live: false,
      state: 'offline',
      dashUrl: null,
      thumbnailUrl: null,
      stream: null,
    });
    await fake.goLive(key);
    expect(await body(await fake.call('GET', '/channels/brook/live'))).toEqual({
      live: true,
      state: 'live',
      dashUrl: null,
      thumbnailUrl: '/media/live/brook/thumbnail.webp',
      stream: {
        id: expect.any(String),
        startedAt: new Date(fake.clock.now()).toISOString(),
        title: 'Channel brook',
        viewers: 0,
        peakViewers: 0,
        tracks: [
          { kind: 'audio', codec: 'opus' },
          { kind: 'video', codec: 'h264' },
        ],
        layers: [],
        advice: [],
      },
    });
    expect((await call('POST', '/channels/brook/live/stop')).status).toBe(204);
    expect(await body(await fake.call('GET', '/channels/brook/live'))).toMatchObject({ state: 'offline' });
  });

  it('becomes history', async () => {
    const { key } = await fake.channel('brook', owner.user.id);
    for (let time = 0; time < 3; time += 1) await fake.request(await fake.goLive(key), { method: 'DELETE' });
    await settled();
    const page = (await body(await fake.call('GET', '/channels/brook/streams?limit=2'))) as {
      items: { id: string }[];
      nextCursor: string;
    };
    expect(page.items).toMatchObject([{ endReason: 'deleted' }, { endReason: 'deleted' }]);
    const rest = await body(await fake.call('GET', `/channels/brook/streams?limit=2&cursor=${page.nextCursor}`));
    expect(rest).toMatchObject({ items: [{ codecs: ['opus', 'h264'] }], nextCursor: null });
    expect(await body(await fake.call('GET', `/streams/${page.items[0]?.id}`))).toMatchObject(page.items[0] ?? {});
    expect((await fake.call('GET', `/streams/${UNKNOWN_ID}`)).status).toBe(404);
    expect((await fake.call('GET', '/streams/x')).status).toBe(404);
  });
});

describe('API tokens', () => {
  it('are shown once, act for their account, and can be taken back', async () => {
    const made = (await body(await call('POST', '/tokens', { name: 'script' }))) as { id: string; token: string };
    expect(made.token).toMatch(/^frt_[\w-]{43}$/);
    expect(await body(await fake.call('GET', '/me', { token: made.token }))).toEqual({
      id: owner.user.id,
      name: 'owner',
      role: 'owner',
    });
    expect(await (await call('GET', '/tokens')).text()).not.toContain(made.token);
    expect((await call('DELETE', `/tokens/${made.id}`)).status).toBe(204);
    expect((await fake.call('GET', '/me', { token: made.token })).status).toBe(401);
  });

  it('of another account cannot be seen or taken back', async () => {
    const other = await fake.account('other', 'streamer');
    const { id } = (await body(await call('POST', '/tokens', { name: 'script' }))) as { id: string };
    await call('DELETE', `/tokens/${id}`, undefined, other.token);
    expect(await (await call('GET', '/tokens', undefined, other.token)).text()).not.toContain(id);
    expect(await (await call('GET', '/tokens')).text()).toContain(id);
  });

  it('of everybody are seen and taken back by the server’s owner, who never sees the secret', async () => {
    const other = await fake.account('other', 'streamer');
    const made = (await body(await call('POST', '/tokens', { name: 'script' }, other.token))) as Record<string, string>;
    const all = await (await call('GET', '/admin/tokens')).text();
    expect((JSON.parse(all) as { items: object[] }).items[0]).toMatchObject({
      ...{ id: made['id'], name: 'script', prefix: made['prefix'], lastUsedAt: null, expiresAt: null },
      user: { id: other.user.id, name: 'other' },
    });
    expect(all).not.toContain(made['token']);
    expect((await call('DELETE', `/admin/tokens/${made['id']}`)).status).toBe(204);
    expect((await fake.call('GET', '/me', { token: made['token'] ?? '' })).status).toBe(401);
  });

  it('of the administrator act for the owner, and for nobody before there is one', async () => {
    expect(await body(await fake.call('GET', '/me', { token: ADMIN_TOKEN }))).toMatchObject({ id: owner.user.id });
    fake = new FakeApp();
    const response = await fake.call('POST', '/channels', { token: ADMIN_TOKEN, body: { slug: 'brook', title: 'x' } });
    expect(response.status).toBe(409);
  });
});
