import { beforeEach, describe, expect, it } from 'vitest';
import { answerTo, fragmentOf } from '../interop/conformance/sdp.ts';
import { FakeApp } from '../support/fake-app.ts';
import { settled } from '../support/fake-clock.ts';
import { chromiumPlayOffer, obsOffer } from '../support/offers.ts';

const SDP = 'application/sdp';

let fake: FakeApp;

beforeEach(async () => {
  fake = new FakeApp({ turn: { urls: ['turn:turn.example.org'], secret: 's' } });
  const { user } = await fake.account('owner', 'owner');
  await fake.goLive((await fake.channel('brook', user.id)).key);
});

const post = (body: string, headers: Record<string, string> = {}) =>
  fake.request('/whep/brook', { method: 'POST', headers: { 'content-type': SDP, ...headers }, body });

const patch = (path: string, body: string, headers: Record<string, string> = {}) =>
  fake.request(path, { method: 'PATCH', headers: { 'content-type': SDP, ...headers }, body });

async function offered(): Promise<{ location: string; id: string; etag: string; offer: string }> {
  const response = await post('');
  const location = response.headers.get('location') ?? '';
  const etag = response.headers.get('etag') ?? '';
  return { location, id: location.split('/').at(-1) ?? '', etag, offer: await response.text() };
}

const withoutH264 = chromiumPlayOffer.replaceAll('H264/90000', 'H263/90000');

describe('a POST without an offer', () => {
  it('is answered 406 with ours, which holds for 30 seconds', async () => {
    const response = await post('');
    expect(response.status).toBe(406);
    const until = /^application\/sdp; valid-until="([^"]+ GMT)"$/.exec(response.headers.get('content-type') ?? '')?.[1];
    expect(Date.parse(until ?? '')).toBe(Math.floor((fake.clock.now() + 30_000) / 1000) * 1000);
    expect(response.headers.get('location')).toMatch(/^\/whep\/sessions\/[0-9a-f-]{36}$/);
    expect(response.headers.get('etag')).toMatch(/^"[^"]+"$/);
    expect(response.headers.get('accept-patch')).toBe('application/sdp, application/trickle-ice-sdpfrag');
    expect(response.headers.get('link')).toMatch(/server-sent-events.*ice-server/);
    const offer = await response.text();
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(offer)));
    expect(offer).toMatch(/^a=sendonly\r$/m);
  });

  it('costs the media plane nothing before it is answered', async () => {
    await offered();
    expect(fake.media.sessions.size).toBe(1);
  });

  it('of another type is refused as ever', async () => {
    expect((await post('', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('is answered 409 where nobody is live', async () => {
    fake.streams.stop((await fake.channelStore.bySlug('brook'))?.id ?? '');
    expect((await post('')).status).toBe(409);
  });
});

describe('an offer without the codec that is published', () => {
  it('is refused in words, but answered 406 where the client takes SDP by name', async () => {
    expect((await post(withoutH264, { accept: '*/*' })).status).toBe(422);
    expect((await post(withoutH264, { accept: 'application/json, Application/SDP;q=0.5' })).status).toBe(406);
  });

  it.each([
    ['is broken', 'hello', 400],
    ['only sends', obsOffer, 422],
  ])('that %s is refused all the same', async (_, body, status) => {
    expect((await post(body, { accept: SDP })).status).toBe(status);
  });
});

describe('the answer to our offer', () => {
  it('opens the session that was offered, and counts once connected', async () => {
    const { location, id, etag, offer } = await offered();
    const response = await patch(location, answerTo(offer), { 'if-match': etag });
    expect([response.status, response.headers.get('etag')]).toEqual([204, etag]);
    expect(fake.media.plans.get(id)?.peer).toMatchObject({ dtlsRole: 'server', remoteIce: { ufrag: 'answ' } });
    fake.media.connect(id);
    await settled();
    expect(fake.streams.totals().viewers).toBe(1);
    expect((await fake.request(location, { method: 'DELETE' })).status).toBe(200);
    expect(fake.streams.totals().viewers).toBe(0);
  });

  it('makes us the DTLS client where the viewer is passive', async () => {
    const { location, id, offer } = await offered();
    expect((await patch(location, answerTo(offer, { setup: 'passive' }))).status).toBe(204);
    expect(fake.media.plans.get(id)?.peer.dtlsRole).toBe('client');
  });

  it.each([
    ['is no SDP', () => 'hello', {}, 400, 'bad_answer'],
    ['is empty', () => '', {}, 400, 'bad_answer'],
    ['has other m-lines', () => chromiumPlayOffer.replace('a=mid:1', 'a=mid:9'), {}, 400, 'bad_answer'],
    [
      'does without the published codec',
      (offer: string) => answerTo(offer).replaceAll('H264/', 'H263/'),
      {},
      422,
      'codec_not_offered',
    ],
    ['means another ICE session', answerTo, { 'if-match': '"another"' }, 412, 'etag_mismatch'],
  ])('that %s is refused, and a better one taken', async (_, bend, headers, status, code) => {
    const { location, offer } = await offered();
    const refused = await patch(location, bend(offer), headers);
    expect(refused.status).toBe(status);
    expect(await refused.json()).toMatchObject({ type: `urn:freshet:problem:${code}` });
    expect((await patch(location, answerTo(offer))).status).toBe(204);
  });

  it('is taken once, also where two come together', async () => {
    const { location, offer } = await offered();
    const both = await Promise.all([patch(location, answerTo(offer)), patch(location, answerTo(offer))]);
    expect(both.map(({ status }) => status)).toEqual([204, 422]);
    expect((await patch(location, answerTo(offer))).status).toBe(422);
  });

  it('is not wanted of who made the offer himself', async () => {
    const location = (await post(chromiumPlayOffer)).headers.get('location') ?? '';
    expect((await patch(location, answerTo(chromiumPlayOffer))).status).toBe(422);
    expect((await fake.request(location)).status).toBe(204);
  });

  it('comes before anything else of the session', async () => {
    const { location, etag, offer } = await offered();
    const trickle = { 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': etag };
    const fragment = fragmentOf(answerTo(offer), ['a=end-of-candidates']);
    expect((await patch(location, fragment, trickle)).status).toBe(409);
    const layer = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    expect((await fake.request(`${location}/layer`, layer)).status).toBe(409);

    expect((await patch(location, answerTo(offer))).status).toBe(204);
    expect((await patch(location, fragment, trickle)).status).toBe(204);
    expect((await fake.request(`${location}/layer`, layer)).status).toBe(200);
  });

  it('comes too late after 30 seconds, and there is nothing left', async () => {
    const { location, offer } = await offered();
    await fake.clock.advance(29_000);
    expect((await fake.request(location)).status).toBe(204);
    await fake.clock.advance(2_000);
    expect((await fake.request(location)).status).toBe(404);
    expect((await patch(location, answerTo(offer))).status).toBe(404);
  });

  it('comes too late after the end of the stream', async () => {
    const { location, offer } = await offered();
    fake.streams.stop((await fake.channelStore.bySlug('brook'))?.id ?? '');
    expect((await patch(location, answerTo(offer))).status).toBe(404);
  });
});

it('offers that nobody answers take no more than a tenth of the room, until they lapse', async () => {
  fake = new FakeApp({ maxSessions: 20 });
  const { user } = await fake.account('owner', 'owner');
  await fake.goLive((await fake.channel('brook', user.id)).key);
  expect((await post('')).status).toBe(406);
  const { location, offer } = await offered();
  expect((await post('')).status).toBe(503);
  expect((await post(chromiumPlayOffer)).status).toBe(201);
  expect((await patch(location, answerTo(offer))).status).toBe(204);
  expect((await post('')).status).toBe(406);
  expect((await post('')).status).toBe(503);
  await fake.clock.advance(31_000);
  const given = await offered();
  expect((await post('')).status).toBe(406);
  expect((await post('')).status).toBe(503);
  await fake.request(given.location, { method: 'DELETE' });
  expect((await post('')).status).toBe(406);
});
