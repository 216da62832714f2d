import { beforeEach, describe, expect, it } from 'vitest';
import { EventReader } from '../support/event-reader.ts';
import { FakeApp } from '../support/fake-app.ts';
import { settled } from '../support/fake-clock.ts';
import { chromiumPlayOffer } from '../support/offers.ts';

let fake: FakeApp;
let owner: string;
let key: string;

beforeEach(async () => {
  fake = new FakeApp();
  const { user, token } = await fake.account('owner', 'owner');
  owner = token;
  ({ key } = await fake.channel('brook', user.id, 'private'));
  await fake.channel('river', user.id, 'private');
});

interface Minted {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: string;
}

const call = (method: string, path: string, given?: unknown) =>
  fake.call(method, path, { token: owner, ...(given !== undefined && { body: given }) });
const body = async <T>(response: Response | Promise<Response>) => (await (await response).json()) as T;
const mint = (given: object = {}, slug = 'brook') =>
  body<Minted>(call('POST', `/channels/${slug}/viewer-tokens`, { ttlSeconds: 3600, ...given }));
const list = () => body<{ items: Record<string, unknown>[] }>(call('GET', '/channels/brook/viewer-tokens'));

/** Like a browser with a cookie, or a player with a bearer. */
type Credential = { bearer: string } | { cookie: string };
const headersOf = (by?: Credential): Record<string, string> => {
  if (!by) return {};
  return 'bearer' in by ? { authorization: `Bearer ${by.bearer}` } : { cookie: by.cookie };
};
const watch = (by?: Credential, slug = 'brook', offer: RequestInit['body'] = chromiumPlayOffer) => {
  const headers = { 'content-type': 'application/sdp', ...headersOf(by) };
  return fake.request(`/whep/${slug}`, { method: 'POST', headers, body: offer, duplex: 'half' });
};
const read = (path: string, by?: Credential) => fake.request(`/api/v1${path}`, { headers: headersOf(by) });
async function cookieOf(token: string): Promise<Credential> {
  const response = await fake.call('POST', '/channels/brook/access', { body: { token } });
  expect(response.status).toBe(204);
  return { cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
}

describe('a viewer token', () => {
  it('is shown once, and listed with who watches', async () => {
    const made = await call('POST', '/channels/brook/viewer-tokens', { ttlSeconds: 60, label: 'Ann', maxViewers: 2 });
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { id, token, expiresAt } = await body<Minted>(made);
    const leftMs = Date.parse(expiresAt) - Date.now();
    expect(leftMs).toBeGreaterThan(58_000);
    expect(leftMs).toBeLessThanOrEqual(60_000);
    expect(JSON.stringify(await list())).not.toContain(token.slice(-20));
    await fake.goLive(key);
    await watch({ bearer: token });
    expect((await list()).items).toEqual([
      { id, label: 'Ann', maxViewers: 2, viewers: 1, createdAt: expect.any(String), expiresAt },
    ]);
  });

  it.each([
    [{}],
    [{ ttlSeconds: 59 }],
    [{ ttlSeconds: 30 * 24 * 3600 + 1 }],
    [{ ttlSeconds: 60, maxViewers: 0 }],
    [{ ttlSeconds: 60, label: 'x'.repeat(61) }],
  ])('is refused with %j', async (draft) => {
    expect((await call('POST', '/channels/brook/viewer-tokens', draft)).status).toBe(422);
  });

  it.each(['bearer', 'cookie'])('as %s lets see and watch its channel, and no other', async (how) => {
    const { token } = await mint();
    const by = how === 'bearer' ? { bearer: token } : await cookieOf(token);
    await fake.goLive(key);
    for (const path of ['', '/live', '/streams']) {
      expect((await read(`/channels/brook${path}`, by)).status).toBe(200);
      expect((await read(`/channels/river${path}`, by)).status).toBe(404);
    }
    expect((await watch(by)).status).toBe(201);
    expect((await watch(by, 'river')).status).toBe(404);
    const { authorization } = headersOf(by);
    if (authorization !== undefined) {
      expect((await fake.request('/api/v1/channels/brook/viewer-tokens', { headers: { authorization } })).status).toBe(
        401,
      );
    }
  });

  it('that is wrong does not tell whether there is such a channel', async () => {
    const { token } = await mint({}, 'river');
    for (const bearer of [token, 'a.b.c', `${token}x`]) {
      const answers = await Promise.all(['brook', 'no-such'].map((slug) => watch({ bearer }, slug)));
      const reads = await Promise.all(['brook', 'no-such'].map((slug) => read(`/channels/${slug}`, { bearer })));
      const [there, notThere] = await Promise.all([...answers, ...reads].map((response) => response.text()));
      expect([...answers, ...reads].map(({ status }) => status)).toEqual([404, 404, 404, 404]);
      expect(there).toBe(notThere);
    }
  });

  it('lets in as many as it says, and says so to the next', async () => {
    const { token } = await mint({ maxViewers: 1 });
    await fake.goLive(key);
    const first = await watch({ bearer: token });
    const next = await watch({ bearer: token });
    expect([next.status, next.headers.get('retry-after')]).toEqual([429, '5']);
    expect(await body(next)).toMatchObject({ type: 'urn:freshet:problem:token_in_use' });
    await fake.request(first.headers.get('location') ?? '', { method: 'DELETE' });
    expect((await watch({ bearer: token })).status).toBe(201);
  });

  it('ends with its revocation, and all that hold it', async () => {
    const [one, other] = [await mint(), await mint()];
    await fake.goLive(key);
    const session = (await watch({ bearer: one.token })).headers.get('location') ?? '';
    const kept = (await watch({ bearer: other.token })).headers.get('location') ?? '';
    const feed = new EventReader(await read('/channels/brook/events', { bearer: one.token }));
    expect((await feed.next())?.name).toBe('live');
    expect((await call('DELETE', `/channels/brook/viewer-tokens/${one.id}`)).status).toBe(204);
    expect(await feed.next()).toEqual({ name: 'ended', data: { reason: 'token_revoked' } });
    expect((await fake.request(session)).status).toBe(404);
    expect((await fake.request(kept)).status).toBe(204);
    expect((await watch({ bearer: one.token })).status).toBe(404);
    await call('DELETE', `/channels/river/viewer-tokens/${other.id}`);
    expect((await fake.request(kept)).status).toBe(204);

    expect((await call('DELETE', '/channels/brook/viewer-tokens')).status).toBe(204);
    expect((await fake.request(kept)).status).toBe(404);
    expect((await list()).items).toEqual([]);
  });

  it('that is revoked while the offer is on its way lets nobody in', async () => {
    const { id, token } = await mint();
    await fake.goLive(key);
    const offer = new TransformStream<Uint8Array, Uint8Array>();
    const response = watch({ bearer: token }, 'brook', offer.readable);
    await settled();
    await call('DELETE', `/channels/brook/viewer-tokens/${id}`);
    const writer = offer.writable.getWriter();
    await writer.write(Buffer.from(chromiumPlayOffer));
    await writer.close();
    expect((await response).status).toBe(404);
    expect(fake.media.sessions.size).toBe(1);
  });
});

describe('the cookie of a channel', () => {
  it('is sent where the channel is and nowhere else, and no script reads it', async () => {
    const { token } = await mint();
    const response = await fake.call('POST', '/channels/brook/access', { body: { token } });
    const cookies = response.headers.getSetCookie();
    expect(cookies.map((cookie) => /Path=([^;]+)/.exec(cookie)?.[1])).toEqual([
      '/brook',
      '/embed/brook',
      '/whep/brook',
      '/api/v1/channels/brook',
      '/media/live/brook',
      '/media/recordings',
      '/api/v1/recordings',
    ]);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^freshet_viewer(?:_brook)?=[\w.-]+; Path=\S+; Expires=.+GMT; HttpOnly; SameSite=Lax$/);
    }
    const forgotten = await fake.call('DELETE', '/channels/brook/access');
    expect(forgotten.status).toBe(204);
    expect(
      forgotten.headers.getSetCookie().every((cookie) => /^freshet_viewer(?:_brook)?=; Max-Age=0/.test(cookie)),
    ).toBe(true);
  });

  it('is forgotten for what can be no channel without a word of it in the header', async () => {
    for (const slug of ['%00', 'a%3B%20Domain%3Dexample.org', '%0D%0Ax']) {
      const forgotten = await fake.call('DELETE', `/channels/${slug}/access`);
      expect(forgotten.status).toBe(204);
      expect(forgotten.headers.getSetCookie()[0]).toBe(`freshet_viewer=; Max-Age=0; Path=/${slug}`);
    }
  });

  it('is not made of a wrong token, of one of another channel, or for a page of another site', async () => {
    const { token } = await mint({}, 'river');
    for (const slug of ['brook', 'no-such']) {
      const response = await fake.call('POST', `/channels/${slug}/access`, { body: { token } });
      expect([response.status, response.headers.getSetCookie()]).toEqual([404, []]);
    }
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' };
    const foreign = { method: 'POST', headers, body: JSON.stringify({ token: (await mint()).token }) };
    expect((await fake.request('/api/v1/channels/brook/access', foreign)).status).toBe(403);
  });

  it('takes no place from those who manage the channel', async () => {
    const by = await cookieOf((await mint({ maxViewers: 1 })).token);
    await fake.goLive(key);
    const streamer = { authorization: `Bearer ${owner}`, 'content-type': 'application/sdp', ...headersOf(by) };
    const init = { method: 'POST', headers: streamer, body: chromiumPlayOffer };
    expect((await fake.request('/whep/brook', init)).status).toBe(201);
    expect((await watch(by)).status).toBe(201);
  });
});

describe('a channel that is made private', () => {
  it('sends away who watches and listens without a token, and keeps those with one', async () => {
    await call('PATCH', '/channels/brook', { visibility: 'unlisted' });
    await fake.goLive(key);
    const guest = (await watch()).headers.get('location') ?? '';
    const feed = new EventReader(await read('/channels/brook/events'));
    await feed.next();
    await call('PATCH', '/channels/brook', { title: 'Only another title' });
    expect((await fake.request(guest)).status).toBe(204);
    await call('PATCH', '/channels/brook', { visibility: 'private' });
    expect((await fake.request(guest)).status).toBe(404);
    expect(await feed.next()).toEqual({ name: 'ended', data: { reason: 'made_private' } });
    const invited = await watch({ bearer: (await mint()).token });
    await call('PATCH', '/channels/brook', { visibility: 'private' });
    expect((await fake.request(invited.headers.get('location') ?? '')).status).toBe(204);
  });

  it('lets nobody in whose offer was on its way', async () => {
    await call('PATCH', '/channels/brook', { visibility: 'public' });
    await fake.goLive(key);
    const offer = new TransformStream<Uint8Array, Uint8Array>();
    const response = watch(undefined, 'brook', offer.readable);
    await settled();
    await call('PATCH', '/channels/brook', { visibility: 'private' });
    const writer = offer.writable.getWriter();
    await writer.write(Buffer.from(chromiumPlayOffer));
    await writer.close();
    expect((await response).status).toBe(404);
  });
});
