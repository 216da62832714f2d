import { beforeEach, describe, expect, it } from 'vitest';
import { WEBHOOK_EVENTS } from '../../src/webhooks/events.ts';
import { ADMIN_TOKEN, FakeApp } from '../support/fake-app.ts';
import { settled } from '../support/fake-clock.ts';

const URL = 'https://example.org/hook';

let fake: FakeApp;
let token: string;
let key: string;

beforeEach(async () => {
  fake = new FakeApp();
  const owner = await fake.account('owner', 'owner');
  token = owner.token;
  ({ key } = await fake.channel('brook', owner.user.id));
});

const call = (method: string, path: string, body?: unknown, as = token) =>
  fake.call(method, path, { token: as, ...(body !== undefined && { body }) });

async function made(body: object = { url: URL, events: ['stream.started'] }, as = token) {
  const response = await call('POST', '/webhooks', body, as);
  expect(response.status).toBe(201);
  return (await response.json()) as { id: string; secret: string; channel: string | null; events: string[] };
}

async function deliveries(id: string, query = '') {
  const response = await call('GET', `/webhooks/${id}/deliveries${query}`);
  return (await response.json()) as { items: { id: string; event: string; body: string }[]; nextCursor: string | null };
}

describe('a webhook', () => {
  it('shows its secret when it is made and when it is rotated, and never else', async () => {
    const { id, secret } = await made();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const rotated = (await (await call('POST', `/webhooks/${id}/rotate`)).json()) as { secret: string };
    expect(rotated.secret).not.toBe(secret);
    const shown = await (await call('GET', '/webhooks')).text();
    expect(JSON.parse(shown).items).toMatchObject([{ id, url: URL, channel: null, isActive: true }]);
    expect(shown + fake.log.join()).not.toContain('whsec_');
  });

  it('is changed, switched off, and deleted', async () => {
    const { id } = await made({ url: URL, events: ['stream.started', 'stream.started'], channel: 'brook' });
    const changed = await call('PATCH', `/webhooks/${id}`, { events: ['advice.raised'], isActive: false });
    expect(await changed.json()).toMatchObject({ events: ['advice.raised'], isActive: false, channel: 'brook' });
    expect((await call('DELETE', `/webhooks/${id}`)).status).toBe(204);
    expect((await call('GET', `/webhooks/${id}`)).status).toBe(404);
  });

  it.each([
    [{ url: 'http://127.0.0.1/x', events: ['stream.started'] }, 'url'],
    [{ url: 'ftp://example.org', events: ['stream.started'] }, 'url'],
    [{ url: URL, events: [] }, 'events'],
    [{ url: URL, events: ['stream.exploded'] }, 'events.0'],
    [{ url: URL, events: ['webhook.test'] }, 'events.0'],
    [{ url: URL, events: ['stream.started'], secret: 'mine' }, 'secret'],
  ])('%o is refused for its %s', async (body, path) => {
    const response = await call('POST', '/webhooks', body);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [expect.objectContaining({ path })] });
  });

  it('may be told of every event there is a name for', async () => {
    expect((await made({ url: URL, events: WEBHOOK_EVENTS })).events).toEqual(WEBHOOK_EVENTS);
  });

  it('is one of twenty at most', async () => {
    for (let i = 0; i < 20; i++) await made();
    expect((await call('POST', '/webhooks', { url: URL, events: ['stream.started'] })).status).toBe(409);
  });
});

describe('deliveries', () => {
  it('of a stream that goes live and ends say so, to the webhooks of this channel alone', async () => {
    const events = ['stream.started', 'stream.ended', 'stream.reconnecting'];
    const { id } = await made({ url: URL, events, channel: 'brook' });
    const owner = [...fake.users.rows.values()][0];
    await fake.channel('river', owner?.id ?? '');
    const elsewhere = await made({ url: URL, events, channel: 'river' });
    const location = await fake.goLive(key);
    await fake.request(location, { method: 'DELETE' });
    await settled();
    const { items } = await deliveries(id);
    expect(items.map(({ event }) => event)).toEqual(['stream.ended', 'stream.started']);
    const [ended, started] = items.map(({ body }) => JSON.parse(body));
    expect(started).toMatchObject({
      type: 'stream.started',
      data: {
        channel: { slug: 'brook' },
        stream: { title: 'Channel brook', codecs: expect.arrayContaining(['h264']) },
      },
    });
    expect(ended.data.stream).toMatchObject({ id: started.data.stream.id, reason: 'deleted', peakViewers: 0 });
    expect((await deliveries(elsewhere.id)).items).toEqual([]);
  });

  it('are tried, listed page by page, and sent again under the same id', async () => {
    const { id } = await made();
    for (let i = 0; i < 3; i++) expect((await call('POST', `/webhooks/${id}/test`)).status).toBe(202);
    const first = await deliveries(id, '?limit=2');
    expect(first.items.map(({ event }) => event)).toEqual(['webhook.test', 'webhook.test']);
    const second = await deliveries(id, `?limit=2&cursor=${first.nextCursor}`);
    expect([second.items.length, second.nextCursor]).toEqual([1, null]);
    const [oldest] = second.items;
    const again = await call('POST', `/webhooks/${id}/deliveries/${oldest?.id}/redeliver`);
    expect([again.status, ((await again.json()) as { id: string }).id]).toEqual([202, oldest?.id]);
    expect(fake.deliveries.jobs.filter((job) => job === oldest?.id)).toHaveLength(2);
    expect((await call('POST', `/webhooks/${id}/deliveries/${id}/redeliver`)).status).toBe(404);
  });
});

describe('who may what', () => {
  const routes: [method: string, path: string, body?: object][] = [
    ['GET', '/webhooks/ID'],
    ['PATCH', '/webhooks/ID', { isActive: false }],
    ['GET', '/webhooks/ID/deliveries'],
    ['POST', '/webhooks/ID/rotate'],
    ['POST', '/webhooks/ID/test'],
    ['POST', '/webhooks/ID/deliveries/DELIVERY/redeliver'],
    ['DELETE', '/webhooks/ID'],
  ];

  it.each(routes)('%s %s is for the webhook’s own account', async (method, path, body) => {
    const { id } = await made();
    const { id: delivery } = (await (await call('POST', `/webhooks/${id}/test`)).json()) as { id: string };
    const at = path.replace('ID', id).replace('DELIVERY', delivery);
    const [stranger, viewer] = [await fake.account('stranger', 'streamer'), await fake.account('viewer', 'viewer')];
    // What is not there for somebody he may delete as often as he likes.
    expect((await call(method, at, body, stranger.token)).status).toBe(method === 'DELETE' ? 204 : 404);
    expect((await call(method, at, body, viewer.token)).status).toBe(403);
    expect((await fake.call(method, at, body ? { body } : {})).status).toBe(401);
    expect((await call(method, at, body, 'frt_nonsense')).status).toBe(401);
    expect((await call(method, at, body, ADMIN_TOKEN)).status).toBeLessThan(300);
  });

  it('a streamer’s webhook may not listen to another’s channel, and of all channels only to his own', async () => {
    const stranger = await fake.account('stranger', 'streamer');
    const foreign = { url: URL, events: ['stream.started'], channel: 'brook' };
    expect((await call('POST', '/webhooks', foreign, stranger.token)).status).toBe(403);
    const { id } = await made({ url: URL, events: ['stream.started'] }, stranger.token);
    await fake.goLive(key);
    await settled();
    expect([...fake.deliveries.rows.values()].filter(({ webhookId }) => webhookId === id)).toEqual([]);
  });

  it('a viewer may have none', async () => {
    const viewer = await fake.account('viewer', 'viewer');
    expect((await call('POST', '/webhooks', { url: URL, events: ['stream.started'] }, viewer.token)).status).toBe(403);
    expect((await call('GET', '/webhooks', undefined, viewer.token)).status).toBe(403);
  });
});
