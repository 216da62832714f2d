import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LayerStats } from '../../src/streams/ports.ts';
import { EventReader } from '../support/event-reader.ts';
import { FakeApp } from '../support/fake-app.ts';
import { chromiumPlayOffer } from '../support/offers.ts';

const LAYERS: readonly Partial<LayerStats>[] = [
  { rid: 'h', bitrateBps: 2_000_000, width: 1280, height: 720 },
  { rid: 'm', bitrateBps: 0, width: 640, height: 360 },
  { rid: 'l', bitrateBps: 150_000 },
];
const ALL = ['active', 'inactive', 'layers', 'viewercount'];

let fake: FakeApp;
let key: string;
let token: string;
let publisher: string;

beforeEach(async () => {
  fake = new FakeApp();
  const owner = await fake.account('owner', 'owner');
  token = owner.token;
  key = (await fake.channel('brook', owner.user.id)).key;
  publisher = await fake.goLive(key);
});

afterEach(() => {
  vi.useRealTimers();
});

const idOf = (path: string) => path.split('/').at(-1) ?? '';
const losePublisher = () => fake.media.lose(idOf(publisher), 'closed_by_peer');

async function watch(body = chromiumPlayOffer): Promise<{ location: string; links: string }> {
  const headers = { 'content-type': 'application/sdp' };
  const response = await fake.request('/whep/brook', { method: 'POST', headers, body });
  const location = response.headers.get('location') ?? '';
  fake.media.connect(idOf(location));
  return { location, links: response.headers.get('link') ?? '' };
}

function ask(location: string, events?: unknown, type = 'application/json'): Promise<Response> {
  const body = events === undefined ? {} : { body: typeof events === 'string' ? events : JSON.stringify(events) };
  return fake.request(`${location}/sse`, { method: 'POST', headers: { 'content-type': type }, ...body });
}

async function open(location: string, events: unknown = ALL): Promise<{ feed: string; reader: EventReader }> {
  const feed = (await ask(location, events)).headers.get('location') ?? '';
  return { feed, reader: new EventReader(await fake.request(feed)) };
}

function measure(layers: readonly Partial<LayerStats>[]): void {
  const streamId = fake.media.sessions.get(idOf(publisher))?.streamId ?? '';
  fake.media.measure(streamId, [{ kind: 'video', codec: 'h264', packets: 1, lost: 0, layers }]);
}

describe('the answer to a WHEP POST', () => {
  it('links to the event streams and says which events there are (S1)', async () => {
    const { location, links } = await watch();
    expect(links).toContain(
      `<${location}/sse>; rel="urn:ietf:params:whep:ext:core:server-sent-events"; events="${ALL.join(',')}"`,
    );
  });
});

describe('asking for an event stream', () => {
  it('answers 201 with its place (S2)', async () => {
    const { location } = await watch();
    const response = await ask(location, ['viewercount']);
    expect([response.status, await response.text()]).toEqual([201, '']);
    expect(response.headers.get('location')).toMatch(new RegExp(`^${location}/sse/[0-9a-f-]{36}$`));
  });

  it('without a body means every event (S2)', async () => {
    const { location } = await watch();
    const response = await ask(location, undefined, 'text/plain');
    const reader = new EventReader(await fake.request(response.headers.get('location') ?? ''));
    expect((await reader.take(2)).map((event) => event?.name)).toEqual(['active', 'viewercount']);
    await reader.close();
  });

  it.each<[string, unknown, string, number]>([
    ['an event that there is not', ['viewercount', 'reconnect'], 'application/json', 400],
    ['no list', { events: ['active'] }, 'application/json', 400],
    ['no JSON', '["active"', 'application/json', 400],
    ['another type', ['active'], 'text/plain', 415],
    ['more than 128 KiB', Array(20_000).fill('active'), 'application/json', 413],
  ])('refuses %s, and makes no stream (S2)', async (_, events, type, status) => {
    const { location } = await watch();
    const response = await ask(location, events, type);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('location')).toBeNull();
  });

  it('is refused for a session that there is not, and for a publisher', async () => {
    expect((await ask('/whep/sessions/8b1d8a5e-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await ask(`/whep/sessions/${idOf(publisher)}`)).status).toBe(404);
  });

  it('is refused beyond four of a session, until one is given up', async () => {
    const { location } = await watch();
    const feeds: string[] = [];
    for (let n = 0; n < 4; n += 1) feeds.push((await ask(location)).headers.get('location') ?? '');
    const response = await ask(location);
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({ type: 'urn:freshet:problem:too_many_session_feeds' });
    await fake.request(feeds[0] ?? '', { method: 'DELETE' });
    expect((await ask(location)).status).toBe(201);
  });
});

describe('an event stream', () => {
  it('is one of server-sent events for any origin, cached by nobody (S3)', async () => {
    const { location } = await watch();
    const feed = (await ask(location)).headers.get('location') ?? '';
    const response = await fake.request(feed);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    await response.body?.cancel();
  });

  it('begins with what is (S3, S5)', async () => {
    const { location } = await watch();
    measure(LAYERS);
    const { reader } = await open(location);
    expect((await reader.take(3)).map((event) => event?.name)).toEqual(['active', 'layers', 'viewercount']);
    await reader.close();
  });

  it('tells how many watch (S6)', async () => {
    const { location } = await watch();
    const { reader } = await open(location, ['viewercount']);
    expect(await reader.next()).toEqual({ name: 'viewercount', data: { viewercount: 1 } });
    await watch();
    expect(await reader.next()).toEqual({ name: 'viewercount', data: { viewercount: 2 } });
    await reader.close();
  });

  it('tells of the layers by the index of the m-line, one that is silent with a bitrate of 0 (S6, S7)', async () => {
    const { location } = await watch();
    measure(LAYERS);
    const { reader } = await open(location, ['layers']);
    const index = chromiumPlayOffer.match(/^m=\w+/gm)?.indexOf('m=video');
    expect(await reader.next()).toEqual({
      name: 'layers',
      data: {
        [String(index)]: [
          { rid: 'h', bitrate: 2_000_000, width: 1280, height: 720, heigth: 720 },
          { rid: 'm', bitrate: 0, width: 640, height: 360, heigth: 360 },
          { rid: 'l', bitrate: 150_000 },
        ],
      },
    });
    measure(LAYERS.slice(0, 1));
    expect(await reader.next()).toMatchObject({ data: { [String(index)]: [{ rid: 'h' }] } });
    await reader.close();
  });

  it.each([
    ['tells who takes AV1 of the sizes that are made here', chromiumPlayOffer, ['h', '480p', '240p'], 200],
    ['tells who takes no AV1 of what is published alone', chromiumPlayOffer.replaceAll('AV1/', 'AV9/'), ['h'], 422],
  ])('%s', async (_, offer, rids, status) => {
    await fake.call('PATCH', '/channels/brook', { token, body: { isAdaptive: true } });
    const { location } = await watch(offer);
    measure(LAYERS.slice(0, 1));
    const { reader } = await open(location, ['layers']);
    const [layers] = Object.values((await reader.next())?.data ?? {});
    expect(layers).toMatchObject(rids.map((rid) => ({ rid })));
    const headers = { 'content-type': 'application/json' };
    const choice = { method: 'POST', headers, body: JSON.stringify({ rid: '240p' }) };
    expect((await fake.request(`${location}/layer`, choice)).status).toBe(status);
    await reader.close();
  });

  it('gives the only layer of a stream without simulcast a name too (S6)', async () => {
    const { location } = await watch();
    measure([{ rid: '', bitrateBps: 1_000_000, width: 1280, height: 720 }]);
    const { reader } = await open(location, ['layers']);
    const event = await reader.next();
    expect(Object.values(event?.data ?? {})).toMatchObject([[{ spatialLayerId: 0, height: 720 }]]);
    expect(JSON.stringify(event)).not.toContain('rid');
    await reader.close();
  });

  it('tells nobody of a bitrate that only moves a little', async () => {
    const { location } = await watch();
    measure(LAYERS);
    const { reader } = await open(location, ['layers', 'viewercount']);
    await reader.take(2);
    measure(LAYERS.map((layer) => ({ ...layer, bitrateBps: (layer.bitrateBps ?? 0) * 1.1 })));
    await watch();
    expect(await reader.next()).toMatchObject({ name: 'viewercount' });
    await fake.clock.advance(10_000);
    measure(LAYERS);
    expect(await reader.next()).toMatchObject({ name: 'layers' });
    await reader.close();
  });

  it('tells nothing that was not asked for (S3)', async () => {
    const { location } = await watch();
    measure(LAYERS);
    const { reader } = await open(location, ['inactive']);
    await watch();
    measure(LAYERS.slice(1));
    losePublisher();
    expect(await reader.next()).toEqual({ name: 'inactive', data: {} });
    await reader.close();
  });

  it('tells when the publisher goes and comes back (S5)', async () => {
    const { location } = await watch();
    const { reader } = await open(location, ['active', 'inactive']);
    expect(await reader.next()).toEqual({ name: 'active', data: {} });
    losePublisher();
    expect(await reader.next()).toEqual({ name: 'inactive', data: {} });
    publisher = await fake.goLive(key);
    expect(await reader.next()).toEqual({ name: 'active', data: {} });
    await reader.close();
  });

  it('does not begin with "inactive" where nobody published when it was made (S5)', async () => {
    losePublisher();
    const { location } = await watch();
    const { reader } = await open(location, ['active', 'inactive']);
    publisher = await fake.goLive(key);
    expect(await reader.next()).toEqual({ name: 'active', data: {} });
    await reader.close();
  });

  it('begins with "inactive" where the publisher went between its making and its reading', async () => {
    const { location } = await watch();
    const feed = (await ask(location)).headers.get('location') ?? '';
    losePublisher();
    const reader = new EventReader(await fake.request(feed));
    expect(await reader.next()).toEqual({ name: 'inactive', data: {} });
    await reader.close();
  });

  it('has one reader: who reads it anew takes it over, and hears what is', async () => {
    const { location } = await watch();
    const { feed, reader } = await open(location, ['viewercount']);
    await reader.next();
    const next = new EventReader(await fake.request(feed));
    expect(await reader.next()).toBeUndefined();
    expect(await next.next()).toEqual({ name: 'viewercount', data: { viewercount: 1 } });
    await next.close();
  });

  it('cuts off a reader who takes nothing for twenty seconds, and is there for the next', async () => {
    const { location } = await watch();
    const feed = (await ask(location, ['viewercount'])).headers.get('location') ?? '';
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const slow = await fake.request(feed);
    // The first event goes out at once; the word that nothing is new, 15 s later, finds nobody.
    await vi.advanceTimersByTimeAsync(40_000);
    vi.useRealTimers();
    const event = { name: 'viewercount', data: { viewercount: 1 } };
    expect(await new EventReader(slow).take(2)).toEqual([event, undefined]);
    const next = new EventReader(await fake.request(feed));
    expect(await next.next()).toEqual(event);
    await next.close();
  });

  it('is gone after DELETE, for its reader too (S4)', async () => {
    const { location } = await watch();
    const { feed, reader } = await open(location, ['viewercount']);
    await reader.next();
    expect((await fake.request(feed, { method: 'DELETE' })).status).toBe(200);
    expect(await reader.next()).toBeUndefined();
    expect((await fake.request(feed)).status).toBe(404);
    expect((await fake.request(feed, { method: 'DELETE' })).status).toBe(404);
  });

  it.each<[string, (location: string) => unknown]>([
    ['is deleted', (location) => fake.request(location, { method: 'DELETE' })],
    ['is lost', (location) => fake.media.lose(idOf(location), 'consent_lapsed')],
    ['ends with its stream', () => fake.request(publisher, { method: 'DELETE' })],
  ])('ends when its session %s (S4)', async (_, end) => {
    const { location } = await watch();
    const { feed, reader } = await open(location, ['viewercount']);
    const unread = (await ask(location)).headers.get('location') ?? '';
    await reader.next();
    await end(location);
    expect(await reader.next()).toBeUndefined();
    for (const place of [feed, unread]) expect((await fake.request(place)).status).toBe(404);
    expect((await ask(location)).status).toBe(404);
  });

  it('is found by its own session only', async () => {
    const [mine, other] = [await watch(), await watch()];
    const feed = (await ask(mine.location)).headers.get('location') ?? '';
    const guess = `${other.location}/sse/${idOf(feed)}`;
    expect((await fake.request(guess)).status).toBe(404);
    expect((await fake.request(guess, { method: 'DELETE' })).status).toBe(404);
  });
});

it.each(['sse', 'sse/8b1d8a5e-0000-4000-8000-000000000000', 'layer'])(
  'OPTIONS of %s opens it to any origin, without a word on whether it is there',
  async (path) => {
    const response = await fake.request(`/whep/sessions/any/${path}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toContain('DELETE');
    expect(response.headers.get('access-control-allow-headers')).toContain('Content-Type');
    expect(response.headers.get('link')).toBeNull();
  },
);
