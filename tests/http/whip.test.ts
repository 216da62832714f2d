import { beforeEach, describe, expect, it } from 'vitest';
import { FakeApp } from '../support/fake-app.ts';
import { settled } from '../support/fake-clock.ts';
import { chromiumPlayOffer, ffmpegOffer, obsOffer } from '../support/offers.ts';

const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';

let fake: FakeApp;
let key: string;

beforeEach(async () => {
  fake = new FakeApp();
  key = (await fake.channel('brook', fake.users.add('owner', 'owner').id)).key;
});

const remoteOf = (location: string) => {
  const remote = fake.media.plans.get(location.split('/').at(-1) ?? '')?.peer.remoteIce;
  if (!remote) throw new Error('no such session');
  return remote;
};
const fragmentOf = ({ ufrag, pwd }: { ufrag: string; pwd: string }) =>
  `a=ice-ufrag:${ufrag}\r\na=ice-pwd:${pwd}\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 UDP 2122317823 x.local 5000 typ host\r\na=end-of-candidates\r\n`;

async function expectProblem(response: Response, status: number, code: string): Promise<void> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await response.json()) as Record<string, unknown>;
  expect(problem).toMatchObject({ type: `urn:freshet:problem:${code}`, status, title: expect.any(String) });
  expect(JSON.stringify(problem)).not.toContain(key);
  expect(JSON.stringify(problem)).not.toMatch(/\.ts:|node_modules/);
}

describe('POST /whip', () => {
  it('answers 201 with everything a client needs', async () => {
    const response = await fake.publish(key);
    const answer = await response.text();
    expect(response.status).toBe(201);
    expect(answer).toMatch(/^v=0\r\n/);
    const { headers } = response;
    expect(headers.get('content-type')).toBe('application/sdp');
    expect(headers.get('content-length')).toBe(String(Buffer.byteLength(answer)));
    expect(headers.get('location')).toMatch(/^\/whip\/sessions\/[0-9a-f-]{36}$/);
    expect(headers.get('etag')).toMatch(/^"[^"*]+"$/);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-expose-headers')).toBe('Location, ETag, Link, Accept-Patch, Retry-After');
    expect(headers.get('link')).toBeNull();
    expect(headers.get('location')).not.toContain(key);
  });

  it.each([
    ['with parameters and capitals in the type', { 'content-type': 'Application/SDP; charset=utf-8' }, obsOffer],
    ['from FFmpeg', {}, ffmpegOffer],
    ['with text before v=0', {}, `hello\r\n${obsOffer}`],
    ['with the bearer scheme in small letters', {}, obsOffer],
  ])('takes an offer %s', async (_, headers, body) => {
    expect((await fake.publish(key, { headers, body })).status).toBe(201);
  });

  it.each([
    ['plain text', { 'content-type': 'text/plain' }, obsOffer, 415, 'bad_content_type'],
    ['JSON', { 'content-type': 'application/json' }, '{}', 415, 'bad_content_type'],
    ['an empty body', {}, '', 400, 'bad_offer'],
    ['no SDP', {}, 'hello', 400, 'bad_offer'],
    ['half an SDP', {}, obsOffer.slice(0, obsOffer.length / 2), 400, 'bad_offer'],
    ['bytes', {}, new Uint8Array([0, 255, 254, 1, 2, 3]), 400, 'bad_offer'],
    ['an offer that only receives', {}, chromiumPlayOffer, 422, 'unsupported_offer'],
    ['more than 128 KiB', {}, 'v=0\r\n'.repeat(30_000), 413, 'body_too_large'],
    ['a wrong key', { authorization: 'Bearer fr_wrong' }, obsOffer, 401, 'bad_key'],
    ['a very long key', { authorization: `Bearer ${'k'.repeat(5000)}` }, obsOffer, 401, 'bad_key'],
    ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }, obsOffer, 401, 'unauthorized'],
    ['no key', { authorization: '' }, obsOffer, 401, 'unauthorized'],
  ])('refuses %s', async (_, headers, body, status, code) => {
    const response = await fake.publish(key, { headers, body });
    await expectProblem(response, status, code);
    expect(response.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
    expect([fake.media.sessions.size, fake.media.endpointsAsked.size]).toEqual([0, 0]);
  });

  it('stops reading a body without a length once it is too long', async () => {
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    const request = new Request('http://localhost/whip', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/sdp', 'transfer-encoding': 'chunked' },
      body,
      duplex: 'half',
    });
    await expectProblem(await fake.app.request(request), 413, 'body_too_large');
    expect(sent).toBeLessThan(10);
  });

  it('answers 503 with Retry-After when the server is full', async () => {
    fake = new FakeApp({ maxSessions: 0 });
    key = (await fake.channel('brook', fake.users.add('owner', 'owner').id)).key;
    const response = await fake.publish(key);
    await expectProblem(response, 503, 'at_capacity');
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('says 500 and nothing more when the media plane fails', async () => {
    fake.media.failure = new Error('secret detail');
    const response = await fake.publish(key);
    expect(await response.clone().text()).not.toContain('secret detail');
    await expectProblem(response, 500, 'internal');
  });

  it('names TURN servers with credentials of minutes, signed as coturn checks them', async () => {
    const turn = { urls: ['turn:turn.example.org:3478?transport=udp', 'stun:stun.example.org'], secret: 'shared' };
    fake = new FakeApp({ turn });
    key = (await fake.channel('brook', fake.users.add('owner', 'owner').id)).key;
    const link = (await fake.publish(key)).headers.get('link') ?? '';
    const [, expiry] =
      /^<turn:turn\.example\.org:3478\?transport=udp>; rel="ice-server"; username="(\d+):[0-9a-f]+"; credential="[A-Za-z0-9+/]+=*"; credential-type="password", <stun:stun\.example\.org>; rel="ice-server"$/.exec(
        link,
      ) ?? [];
    expect(Number(expiry) - Date.now() / 1000).toBeGreaterThan(60);
    expect(Number(expiry) - Date.now() / 1000).toBeLessThan(3600);
    expect((await fake.request('/whip', { method: 'OPTIONS' })).headers.get('link')).toBeNull();
  });

  it('minds no slash at the end of the address', async () => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/sdp' };
    expect((await fake.request('/whip/', { method: 'POST', headers, body: obsOffer })).status).toBe(201);
  });

  it('limits how often one key publishes', async () => {
    const statuses: number[] = [];
    for (let time = 0; time < 125; time += 1) statuses.push((await fake.publish(key)).status);
    expect(statuses.indexOf(429)).toBe(120);
    expect(fake.media.sessions.size).toBe(1);
  });

  it('takes over for the same key', async () => {
    const first = await fake.goLive(key);
    await fake.goLive(key);
    expect((await fake.request(first, { method: 'GET' })).status).toBe(404);
    expect(fake.media.sessions.size).toBe(1);
  });

  it('notes that the key was used', async () => {
    const { channel, key, keyId } = await fake.channel('river', 'somebody');
    await fake.publish(key);
    await settled();
    const used = (await fake.streamKeys.list(channel.id, { limit: 9 })).find(({ id }) => id === keyId);
    expect(used?.lastUsedAt).toBeInstanceOf(Date);
  });

  it.each(['revoked', 'rotated'])(
    'ends what a key publishes that was %s while the offer was on its way',
    async (how) => {
      const { channel, key, keyId } = await fake.channel('river', 'somebody');
      const offer = new TransformStream<Uint8Array, Uint8Array>();
      const headers = { 'content-length': String(Buffer.byteLength(obsOffer)) };
      const response = fake.publish(key, { headers, body: offer.readable });
      await settled();
      if (how === 'revoked') await fake.streamKeys.revoke(channel.id, keyId);
      else await fake.streamKeys.rotate(channel.id, keyId);
      fake.streams.keys.revoked(channel.id, keyId);
      const writer = offer.writable.getWriter();
      await writer.write(Buffer.from(obsOffer));
      await writer.close();
      expect((await response).status).toBe(201);
      await settled();
      expect([fake.media.sessions.size, fake.streams.live(channel.id).live]).toEqual([0, false]);
    },
  );

  it('never writes a key into the log', async () => {
    await fake.goLive(key);
    fake.media.failure = new Error('no');
    await fake.publish(key);
    expect(fake.log.length).toBeGreaterThan(1);
    expect(fake.log.join('\n')).not.toContain(key);
  });
});

describe('the endpoint', () => {
  it('answers GET and HEAD without a body', async () => {
    for (const method of ['GET', 'HEAD']) {
      const response = await fake.request('/whip', { method });
      expect([response.status, await response.text()]).toEqual([204, '']);
    }
  });

  it.each(['/whip', '/whip/sessions/x', '/whep/brook', '/whep/sessions/x'])(
    'answers OPTIONS of %s for any origin',
    async (path) => {
      const { status, headers } = await fake.request(path, {
        method: 'OPTIONS',
        headers: { origin: 'https://elsewhere.example' },
      });
      expect(status).toBe(200);
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-headers')).toBe('Authorization, Content-Type, If-Match');
      expect(headers.get('access-control-allow-methods')).toContain('PATCH');
      expect(headers.get('accept-post')).toBe('application/sdp');
    },
  );

  it('answers 405 with Allow to other methods', async () => {
    const response = await fake.request('/whip', { method: 'PUT', body: 'x' });
    expect(response.headers.get('allow')?.split(', ').toSorted()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST']);
    await expectProblem(response, 405, 'method_not_allowed');
  });

  it('shows errors to other origins too', async () => {
    const response = await fake.publish('wrong');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('a session resource', () => {
  const patch = (location: string, headers: Record<string, string>, body: string) =>
    fake.request(location, { method: 'PATCH', headers: { 'content-type': FRAGMENT_TYPE, ...headers }, body });

  const open = async () => {
    const { headers } = await fake.publish(key);
    return { location: headers.get('location') ?? '', etag: headers.get('etag') ?? '' };
  };

  it('takes trickled candidates with 204, no body and no ETag', async () => {
    const { location, etag } = await open();
    const response = await patch(location, { 'if-match': etag }, fragmentOf(remoteOf(location)));
    expect([response.status, await response.text(), response.headers.get('etag')]).toEqual([204, '', null]);
  });

  it('restarts ICE with 200, a fragment and a new ETag', async () => {
    const { location, etag } = await open();
    const fragment = fragmentOf({ ufrag: 'fresh', pwd: 'p'.repeat(24) });
    const response = await patch(location, { 'if-match': '*' }, fragment);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, FRAGMENT_TYPE]);
    expect(response.headers.get('etag')).toMatch(/^"[^"]+"$/);
    expect(response.headers.get('etag')).not.toBe(etag);
    expect(await response.text()).toMatch(/a=ice-ufrag:\S+\r\na=ice-pwd:\S{24}/);
  });

  it.each([
    ['the wrong type', { 'content-type': 'application/sdp' }, 'a=x', 415, 'bad_content_type'],
    ['no If-Match', {}, 'a=ice-ufrag:abcd\r\n', 428, 'etag_missing'],
    ['another ETag', { 'if-match': '"other"' }, 'a=ice-ufrag:abcd\r\n', 412, 'etag_mismatch'],
    ['no fragment', { 'if-match': '*' }, 'hello', 400, 'bad_offer'],
    ['too much', { 'if-match': '*' }, 'a'.repeat(200_000), 413, 'body_too_large'],
  ])('refuses a PATCH with %s', async (_, headers, body, status, code) => {
    const { location } = await open();
    await expectProblem(await patch(location, headers, body), status, code);
    expect((await fake.request(location)).status).toBe(204);
  });

  it('ends by DELETE with exactly 200, whatever If-Match says, and again', async () => {
    const location = await fake.goLive(key);
    for (let time = 0; time < 2; time += 1) {
      const response = await fake.request(location, { method: 'DELETE', headers: { 'if-match': '"bogus"' } });
      expect([response.status, await response.text()]).toEqual([200, '']);
    }
    expect(fake.media.sessions.size).toBe(0);
    expect((await fake.request(location)).status).toBe(404);
  });

  it.each(['GET', 'PATCH', 'DELETE'])('that is not there answers %s with 404', async (method) => {
    const init = method === 'PATCH' ? { headers: { 'content-type': FRAGMENT_TYPE, 'if-match': '*' }, body: 'a=x' } : {};
    const response = await fake.request('/whip/sessions/1c0e8e9e-1111-4222-8333-944444444444', { method, ...init });
    expect(response.status).toBe(404);
  });

  it('is not found under the other kind’s path', async () => {
    const location = await fake.goLive(key);
    const response = await fake.request(location.replace('whip', 'whep'), { method: 'DELETE' });
    expect(response.status).toBe(404);
    expect(fake.media.sessions.size).toBe(1);
  });
});
