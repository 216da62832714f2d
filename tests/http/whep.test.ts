import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, FakeApp } from '../support/fake-app.ts';
import { chromiumPlayOffer, obsOffer } from '../support/offers.ts';

let fake: FakeApp;
let key: string;
let ownerToken: string;
let ownerId: string;

beforeEach(async () => {
  fake = new FakeApp();
  const owner = await fake.account('owner', 'owner');
  ownerToken = owner.token;
  ownerId = owner.user.id;
  key = (await fake.channel('brook', ownerId)).key;
});

const play = (slug: string, headers: Record<string, string> = {}, body = chromiumPlayOffer) =>
  fake.request(`/whep/${slug}`, { method: 'POST', headers: { 'content-type': 'application/sdp', ...headers }, body });

describe('POST /whep/:channel', () => {
  it('answers 201 with what the publisher sends', async () => {
    await fake.goLive(key);
    const response = await play('brook');
    const answer = await response.text();
    expect(response.status).toBe(201);
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(answer)));
    expect(response.headers.get('location')).toMatch(/^\/whep\/sessions\/[0-9a-f-]{36}$/);
    expect(response.headers.get('etag')).toMatch(/^"[^"]+"$/);
    expect(answer).toContain('a=sendonly');
  });

  it('answers 409 with Retry-After while nobody is live', async () => {
    const response = await play('brook');
    expect(response.status).toBe(409);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({ type: 'urn:freshet:problem:not_live', status: 409 });
  });

  it('serves viewers while the publisher is away for a moment', async () => {
    const location = await fake.goLive(key);
    fake.media.lose(location.split('/').at(-1) ?? '', 'closed_by_peer');
    expect((await play('brook')).status).toBe(201);
  });

  it.each([
    ['an unknown channel', 'nobody', {}, chromiumPlayOffer, 404],
    ['a name that cannot be one', 'no%2Fbody%00', {}, chromiumPlayOffer, 404],
    ['the wrong type', 'brook', { 'content-type': 'text/plain' }, chromiumPlayOffer, 415],
    ['no SDP', 'brook', {}, 'hello', 400],
    ['half an SDP', 'brook', {}, chromiumPlayOffer.slice(0, chromiumPlayOffer.indexOf('m=video') + 10), 400],
    ['an offer that only sends', 'brook', {}, obsOffer, 422],
    ['more than 128 KiB', 'brook', {}, 'v=0\r\n'.repeat(30_000), 413],
  ])('refuses %s', async (_, slug, headers, body, status) => {
    await fake.goLive(key);
    const response = await play(slug, headers, body);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(fake.media.sessions.size).toBe(1);
  });

  it('says in a word for machines which codec a player lacks', async () => {
    await fake.goLive(key);
    const withoutH264 = chromiumPlayOffer.replaceAll('H264/90000', 'H263/90000');
    const response = await play('brook', {}, withoutH264);
    expect(await response.json()).toEqual({
      type: 'urn:freshet:problem:codec_not_offered',
      title: 'Unprocessable Entity',
      status: 422,
      detail: 'the video of this stream is H264, which this player did not offer',
      kind: 'video',
      codec: 'h264',
      offered: ['vp8', 'vp9', 'av1'],
    });
  });

  it('hides a private channel from all but those who manage it', async () => {
    const { key } = await fake.channel('secret', ownerId, 'private');
    const other = await fake.account('other', 'streamer');
    await fake.goLive(key);
    const statuses: Record<string, number> = {};
    for (const [who, token] of Object.entries({
      ownerToken,
      admin: ADMIN_TOKEN,
      other: other.token,
      wrong: 'nonsense',
    })) {
      statuses[who] = (await play('secret', { authorization: `Bearer ${token}` })).status;
    }
    statuses['nobody'] = (await play('secret')).status;
    expect(statuses).toEqual({ ownerToken: 201, admin: 201, other: 404, wrong: 401, nobody: 404 });
  });

  it('plays an unlisted channel to whoever knows it', async () => {
    const { key } = await fake.channel('unlisted', ownerId, 'unlisted');
    await fake.goLive(key);
    expect((await play('unlisted')).status).toBe(201);
  });

  it('does not mind a bearer on a public channel', async () => {
    await fake.goLive(key);
    expect((await play('brook', { authorization: 'Bearer whatever' })).status).toBe(201);
  });
});

describe('the endpoint', () => {
  it('shows by GET and HEAD that it is one', async () => {
    for (const method of ['GET', 'HEAD']) {
      const response = await fake.request('/whep/brook', { method });
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/sdp']);
      expect(await response.text()).toBe('');
    }
  });
});

describe('a session', () => {
  it('counts once connected and stops counting by DELETE', async () => {
    await fake.goLive(key);
    const location = (await play('brook')).headers.get('location') ?? '';
    fake.media.connect(location.split('/').at(-1) ?? '');
    const viewers = async () => {
      const live = (await (await fake.call('GET', '/channels/brook/live')).json()) as { stream: { viewers: number } };
      return live.stream.viewers;
    };
    expect(await viewers()).toBe(1);
    expect((await fake.request(location, { method: 'DELETE' })).status).toBe(200);
    expect(await viewers()).toBe(0);
    expect((await fake.request(location, { method: 'DELETE' })).status).toBe(200);
  });
});
