import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Channels } from '../../src/channels/channels.ts';
import type { RedirectOptions } from '../../src/http/redirect.ts';
import { type HttpServer, serveHttp } from '../../src/http/server.ts';
import { judge } from '../interop/conformance/check.ts';
import { Endpoint } from '../interop/conformance/endpoint.ts';
import { whepChecks } from '../interop/conformance/whep-checks.ts';
import { whipChecks } from '../interop/conformance/whip-checks.ts';
import { FakeApp } from '../support/fake-app.ts';
import { chromiumPlayOffer, obsOffer, obsSimulcastOffer } from '../support/offers.ts';

const SDP = { 'content-type': 'application/sdp' };
const ELSEWHERE = { whip: 'https://b.example.org/whip', whep: 'https://{channel}.example.org/whep/{channel}?a=b' };

let fake: FakeApp;
let key: string;

async function begin(
  when: RedirectOptions['when'],
  { maxSessions = 10, ...rest }: { maxSessions?: number; publicUrl?: URL } = {},
): Promise<void> {
  fake = new FakeApp({ redirect: { ...ELSEWHERE, when }, maxSessions, ...rest });
  key = (await fake.channel('brook', fake.users.add('owner', 'owner').id)).key;
}

const publish = (path = '/whip', bearer = key) =>
  fake.request(path, { method: 'POST', headers: { ...SDP, authorization: `Bearer ${bearer}` }, body: obsOffer });
const play = (path = '/whep/brook', body = chromiumPlayOffer) =>
  fake.request(path, { method: 'POST', headers: SDP, body });

describe('a server that takes no POST', () => {
  beforeEach(() => begin('always'));

  it('points publishers and viewers elsewhere by 307, for any origin', async () => {
    const replies = [await publish(), await play(), await play('/whep/brook', '')];
    expect(replies.map(({ status }) => status)).toEqual([307, 307, 307]);
    expect(replies.map(({ headers }) => headers.get('location'))).toEqual([
      'https://b.example.org/whip?redirected=1',
      'https://brook.example.org/whep/brook?a=b&redirected=1',
      'https://brook.example.org/whep/brook?a=b&redirected=1',
    ]);
    for (const { headers } of replies) {
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-expose-headers')).toContain('Location');
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect(fake.media.sessions.size).toBe(0);
  });

  it('points nobody elsewhere who may not publish or watch, or sends no SDP', async () => {
    await fake.channel('secret', fake.users.add('other', 'streamer').id, 'private');
    const asText = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'hello' };
    const replies = [
      await publish('/whip', 'fr_wrong'),
      await play('/whep/nobody'),
      await play('/whep/secret'),
      await fake.request('/whep/brook', asText),
    ];
    expect(replies.map(({ status }) => status)).toEqual([401, 404, 404, 415]);
    for (const { headers } of replies) expect(headers.get('location')).toBeNull();
  });

  it('takes what pages of its own ask for', async () => {
    const headers = { ...SDP, 'sec-fetch-site': 'same-origin' };
    const response = await fake.request('/whep/brook', { method: 'POST', headers, body: chromiumPlayOffer });
    expect(response.status).toBe(409);
  });

  it('takes what another server sent here', async () => {
    expect((await publish('/whip?redirected=1')).status).toBe(201);
    expect((await play('/whep/brook?redirected=1')).status).toBe(409);
  });

  it('tells what another server sent here the whole address of its session', async () => {
    const located = async () => (await publish('/whip?redirected=1')).headers.get('location');
    expect(await located()).toMatch(/^http:\/\/localhost\/whip\/sessions\//);
    await begin('always', { publicUrl: new URL('https://live.example.org') });
    expect(await located()).toMatch(/^https:\/\/live\.example\.org\/whip\/sessions\//);
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'PATCH', 'DELETE'])('points no %s elsewhere', async (method) => {
    const created = await publish('/whip?redirected=1');
    for (const path of ['/whip', '/whep/brook', created.headers.get('location') ?? '']) {
      const { status } = await fake.request(path, { method, headers: { authorization: `Bearer ${key}` } });
      expect([301, 302, 307, 308]).not.toContain(status);
    }
  });
});

describe('a server that points elsewhere when it is full', () => {
  beforeEach(() => begin('full', { maxSessions: 2 }));

  it('takes what there is room for', async () => {
    await fake.goLive(key);
    expect((await play()).status).toBe(201);
    expect([(await play()).status, (await publish()).status]).toEqual([307, 307]);
  });

  it('refuses for other reasons as ever', async () => {
    expect((await play()).status).toBe(409);
    expect((await play('/whep/brook', 'hello')).status).toBe(409);
  });

  it('answers 503 with Retry-After to what was pointed here by another one that is full', async () => {
    await fake.goLive(key);
    await play();
    const refused = await play('/whep/brook?redirected=1');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  });
});

describe('behind a server that points elsewhere', () => {
  const servers: HttpServer[] = [];
  let far: FakeApp;

  async function serve(app: FakeApp): Promise<string> {
    const server = await serveHttp({ app: app.app, host: '127.0.0.1', port: 0 });
    servers.push(server);
    return `http://127.0.0.1:${server.port}`;
  }

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await far.streams.close();
  });

  it('WHIP and WHEP are met to the letter', async () => {
    far = new FakeApp();
    const farUrl = await serve(far);
    const near = new FakeApp({
      redirect: { whip: `${farUrl}/whip`, whep: `${farUrl}/whep/{channel}`, when: 'always' },
      streamKeys: far.streamKeys,
      channels: new Channels({ store: far.channelStore }),
    });
    const nearUrl = await serve(near);
    const { id } = far.users.add('owner', 'owner');
    const { key: token } = await far.channel('to-publish', id);
    await far.channel('offline', id);
    const publisher = await far.goLive((await far.channel('brook', id)).key);
    const { streamId = '' } = far.media.sessions.get(publisher.split('/').at(-1) ?? '') ?? {};
    far.media.measure(streamId, [{ kind: 'video', codec: 'h264', packets: 1, lost: 0, layers: [{ rid: '' }] }]);

    const whip = new Endpoint({ kind: 'whip', url: `${nearUrl}/whip`, token, offer: readOffer() });
    const whep = new Endpoint({
      kind: 'whep',
      url: `${nearUrl}/whep/brook`,
      offer: chromiumPlayOffer,
      offlineUrl: `${nearUrl}/whep/offline`,
    });
    const wrong: string[] = [];
    for (const [endpoint, checks] of [
      [whip, whipChecks({ simulcastOffer: obsSimulcastOffer })],
      [whep, whepChecks()],
    ] as const) {
      // B2 is a date to come, and the fake clock is behind.
      for (const check of checks.filter(({ item }) => item !== 'B2')) {
        const { item, verdict, detail } = await judge(check, endpoint);
        if (verdict === 'not met') wrong.push(`${item}: ${detail}`);
      }
      expect(endpoint.statuses).toContain(307);
    }
    expect(wrong).toEqual([]);
    expect(near.media.plans.size).toBe(0);
  });
});

function readOffer(): string {
  return readFileSync(new URL('../interop/offers/chromium-156-publish-h264.sdp', import.meta.url), 'utf8');
}
