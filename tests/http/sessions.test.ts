import { beforeEach, describe, expect, it } from 'vitest';
import type { PublisherStats, ViewerStats } from '../../src/media/stats.ts';
import { FakeApp } from '../support/fake-app.ts';
import { layerStats } from '../support/layer-stats.ts';
import { chromiumPlayOffer } from '../support/offers.ts';

const PUBLISHER: PublisherStats = {
  kind: 'publisher',
  path: { family: 4, protocol: 'udp' },
  roundTripMs: 12.5,
  refused: 0,
  tracks: [
    {
      kind: 'video',
      codec: 'h264',
      fmtp: 'packetization-mode=1;profile-level-id=640028',
      packets: 1000,
      lost: 3,
      layers: [layerStats({ rid: 'h', bitrateBps: 2_500_000, width: 1280, height: 720, packets: 1000, lost: 3 })],
    },
  ],
};

const VIEWER: ViewerStats = {
  kind: 'viewer',
  path: { family: 6, protocol: 'udp' },
  nacked: 4,
  keyframeRequests: 1,
  choice: { rid: 'h', reason: 'auto', estimateBps: 4_000_000 },
  tracks: [
    { kind: 'video', codec: 'h264', packets: 900, bytes: 1_000_000, resent: 4, lost: 2, lossShare: 0.01, jitterMs: 3 },
  ],
};

let fake: FakeApp;
let token: string;
let publisher: string;

const idOf = (path: string) => path.split('/').at(-1) ?? '';

beforeEach(async () => {
  fake = new FakeApp();
  const owner = await fake.account('owner', 'owner');
  token = owner.token;
  publisher = await fake.goLive((await fake.channel('brook', owner.user.id)).key);
  fake.media.stats.set(idOf(publisher), PUBLISHER);
});

async function watch(): Promise<string> {
  const headers = { 'content-type': 'application/sdp' };
  const response = await fake.request('/whep/brook', { method: 'POST', headers, body: chromiumPlayOffer });
  const location = response.headers.get('location') ?? '';
  fake.media.stats.set(idOf(location), VIEWER);
  return location;
}

async function join(afterMs = 30): Promise<string> {
  const location = await watch();
  await fake.clock.advance(afterMs);
  fake.media.connect(idOf(location));
  return location;
}

interface Page {
  readonly items: readonly { readonly id: string; readonly kind: string; readonly connectMs: number }[];
  readonly nextCursor: string | null;
}

async function list(query = ''): Promise<Page> {
  const response = await fake.call('GET', `/channels/brook/live/sessions${query}`, { token });
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}

describe('the sessions of a stream', () => {
  it('are told to those who manage the channel, the publisher first', async () => {
    const location = await join();
    const { items, nextCursor } = await list();
    expect(nextCursor).toBeNull();
    expect(items).toMatchObject([
      {
        id: idOf(publisher).slice(0, 8),
        kind: 'publisher',
        path: { family: 'ipv4', protocol: 'udp' },
        roundTripMs: 12.5,
        tracks: [{ codec: 'h264', profile: 'high 4.0', layers: [{ rid: 'h', height: 720, lostPackets: 3 }] }],
      },
      {
        id: idOf(location).slice(0, 8),
        kind: 'viewer',
        connectMs: 30,
        path: { family: 'ipv6' },
        roundTripMs: null,
        choice: { rid: 'h', reason: 'auto', estimateBps: 4_000_000 },
        tracks: [{ bytes: 1_000_000, resentPackets: 4, lossShare: 0.01 }],
      },
    ]);
  });

  it('never show what would open a session', async () => {
    const location = await join();
    const text = JSON.stringify(await list());
    expect(text).not.toContain(idOf(location));
    expect(text).not.toContain(idOf(publisher));
  });

  it('come in pages that stay right when somebody leaves', async () => {
    const viewers = [await join(), await join(), await join()];
    const first = await list('?limit=2');
    expect(first.items.map(({ kind }) => kind)).toEqual(['publisher', 'viewer']);
    await fake.request(viewers[0] ?? '', { method: 'DELETE' });
    const second = await list(`?limit=2&cursor=${first.nextCursor}`);
    expect(second.items.map(({ id }) => id)).toEqual(viewers.slice(1).map((location) => idOf(location).slice(0, 8)));
    expect(second.nextCursor).toBeNull();
  });

  it('are those that are connected', async () => {
    await watch();
    expect((await list()).items).toHaveLength(1);
  });

  it('are none while nobody is live', async () => {
    await fake.request(publisher, { method: 'DELETE' });
    expect(await list()).toEqual({ items: [], nextCursor: null });
  });

  it('are ended one by one by those who manage the channel', async () => {
    const [first, second] = [await join(), await join()];
    const at = (location: string) => `/channels/brook/live/sessions/${idOf(location).slice(0, 8)}`;
    expect((await fake.call('DELETE', at(first), { token })).status).toBe(204);
    expect((await list()).items.map(({ id }) => id)).toEqual([publisher, second].map((one) => idOf(one).slice(0, 8)));
    expect((await fake.request(first)).status).toBe(404);
  });

  it('are nobody else’s business', async () => {
    const path = '/channels/brook/live/sessions';
    expect((await fake.call('GET', path)).status).toBe(401);
    const { token: other } = await fake.account('other', 'streamer');
    expect((await fake.call('GET', path, { token: other })).status).toBe(403);
    expect((await fake.call('GET', '/channels/nobody/live/sessions', { token })).status).toBe(404);
  });
});

describe('a session looked at by its own client', () => {
  it('is told to whoever knows its address', async () => {
    const location = await join();
    const response = await fake.request(`${location}/stats`);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toMatchObject({ kind: 'viewer', keyframeRequests: 1, choice: { rid: 'h' } });
    expect(await (await fake.request(`${publisher}/stats`)).json()).toMatchObject({ kind: 'publisher' });
  });

  it('leaves the session’s own GET empty (RFC 9725)', async () => {
    const response = await fake.request(await join());
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  it('is not there before it is connected, after its end, or under the other protocol', async () => {
    const waiting = await watch();
    expect((await fake.request(`${waiting}/stats`)).status).toBe(404);
    const location = await join();
    expect((await fake.request(`${location.replace('whep', 'whip')}/stats`)).status).toBe(404);
    await fake.request(location, { method: 'DELETE' });
    expect((await fake.request(`${location}/stats`)).status).toBe(404);
  });
});

describe('what is live', () => {
  it('tells how each layer comes in, and what the streamer would do well to change', async () => {
    const streamId = fake.media.sessions.get(idOf(publisher))?.streamId ?? '';
    for (let second = 0; second < 15; second += 1) {
      const layer = {
        rid: 'h',
        bitrateBps: 2_500_000,
        height: 720,
        packets: second * 190,
        lost: second * 10,
        jitterMs: 4,
        senderReports: 1,
      };
      fake.media.measure(streamId, [{ kind: 'video', codec: 'h264', packets: 1, lost: 0, layers: [layer] }]);
      await fake.clock.advance(1000);
    }
    const live = await (await fake.request('/api/v1/channels/brook/live')).json();
    expect(live).toMatchObject({
      stream: {
        layers: [{ rid: 'h', bitrateBps: 2_500_000, height: 720, lossShare: 0.05, jitterMs: 4 }],
        advice: [{ code: 'loss', severity: 'warning', text: expect.stringContaining('5 % of what you send') }],
      },
    });
  });
});
