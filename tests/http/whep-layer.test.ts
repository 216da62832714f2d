import { beforeEach, describe, expect, it } from 'vitest';
import { FakeApp } from '../support/fake-app.ts';
import { chromiumPlayOffer, obsSimulcastOffer } from '../support/offers.ts';

const INDEX = chromiumPlayOffer.match(/^m=\w+/gm)?.indexOf('m=video') ?? -1;

let fake: FakeApp;
let key: string;
let publisher: string;
let location: string;
let links: string;

beforeEach(async () => {
  fake = new FakeApp();
  const { user } = await fake.account('owner', 'owner');
  key = (await fake.channel('brook', user.id)).key;
  publisher = await goLive();
  const headers = { 'content-type': 'application/sdp' };
  const response = await fake.request('/whep/brook', { method: 'POST', headers, body: chromiumPlayOffer });
  location = response.headers.get('location') ?? '';
  links = response.headers.get('link') ?? '';
});

const idOf = (path: string) => path.split('/').at(-1) ?? '';
const wish = () => fake.media.wishes.get(idOf(location));

/** With three layers, whose rids are 0, 1 and 2. */
async function goLive(): Promise<string> {
  const response = await fake.publish(key, { body: obsSimulcastOffer });
  const path = response.headers.get('location') ?? '';
  fake.media.connect(idOf(path));
  return path;
}

function measure(): void {
  const streamId = fake.media.sessions.get(idOf(publisher))?.streamId ?? '';
  const layers = [
    { rid: '0', bitrateBps: 2_000_000, width: 1280, height: 720 },
    { rid: '1', bitrateBps: 500_000, width: 640, height: 360 },
    { rid: '2', bitrateBps: 0, width: 320, height: 180 },
  ];
  fake.media.measure(streamId, [{ kind: 'video', codec: 'h264', packets: 1, lost: 0, layers }]);
}

function choose(body: unknown, type = 'application/json', place = location): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fake.request(`${place}/layer`, { method: 'POST', headers: { 'content-type': type }, body: text });
}

describe('the layer extension', () => {
  it('is linked to, together with an event stream that has layers (L1)', () => {
    expect(links).toContain(`<${location}/layer>; rel="urn:ietf:params:whep:ext:core:layer"`);
    expect(links).toMatch(/server-sent-events"; events="[^"]*\blayers\b/);
  });

  it.each<[unknown, unknown]>([
    [{ mediaId: String(INDEX), rid: '1' }, { rid: '1' }],
    [{ mediaId: INDEX, encodingId: '2' }, { rid: '2' }],
    [{ rid: '1', encodingId: '1' }, { rid: '1' }],
    [
      { maxWidth: 640, maxHeight: 400 },
      { maxWidth: 640, maxHeight: 400 },
    ],
    [
      { spatialLayerId: 0, temporalLayerId: 0 },
      { spatialLayerId: 0, temporalLayerId: 0 },
    ],
    [
      { maxSpatialLayerId: 1, maxTemporalLayerId: 2 },
      { maxSpatialLayerId: 1, maxTemporalLayerId: 2 },
    ],
    [{ rid: '1', maxHeight: null, somethingElse: true }, { rid: '1' }],
  ])('takes %j (L2, L4)', async (body, asked) => {
    measure();
    const response = await choose(body);
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(wish()).toEqual(asked);
  });

  it.each<unknown>([{}, { mediaId: String(INDEX) }, { rid: null }])(
    'goes back to the automatic choice by %j (L3)',
    async (body) => {
      await choose({ rid: '1', maxHeight: 720 });
      expect((await choose(body)).status).toBe(200);
      expect(wish()).toEqual({});
    },
  );

  it('goes back to the automatic choice by DELETE, as whip-whep asks for it', async () => {
    await choose({ rid: '1' });
    expect((await fake.request(`${location}/layer`, { method: 'DELETE' })).status).toBe(200);
    expect(wish()).toEqual({});
  });

  it('takes a layer that is silent, as it may come back', async () => {
    measure();
    expect((await choose({ rid: '2' })).status).toBe(200);
  });

  it('knows the layers before they are measured', async () => {
    expect((await choose({ rid: '1' })).status).toBe(200);
    expect((await choose({ rid: '9' })).status).toBe(422);
  });

  it.each<[string, unknown, string]>([
    ['a layer that there is not', { rid: 'nowhere' }, 'It has 0 (1280x720), 1 (640x360), 2 (320x180).'],
    ['less than the least', { maxHeight: 100 }, 'No layer of this stream is like that.'],
    ['a spatial layer that there is not', { spatialLayerId: 1 }, 'No layer of this stream is like that.'],
    ['another m-line', { mediaId: '7', rid: '1' }, `the m-line with index ${INDEX}.`],
  ])('refuses %s with the reason, and what was asked for before stands (L2)', async (_, body, reason) => {
    measure();
    await choose({ rid: '1' });
    const response = await choose(body);
    expect(response.status).toBe(422);
    const problem = (await response.json()) as { type: string; detail: string };
    expect(problem.type).toBe('urn:freshet:problem:no_layer');
    expect(problem.detail).toContain(reason);
    expect(problem.detail).not.toContain('nowhere');
    expect(wish()).toEqual({ rid: '1' });
  });

  it.each<[string, unknown, string, number]>([
    ['another type', {}, 'text/plain', 415],
    ['no JSON', '{', 'application/json', 400],
    ['nothing', '', 'application/json', 400],
    ['a list', [], 'application/json', 422],
    ['a name that is a number', { rid: 1 }, 'application/json', 422],
    ['a negative height', { maxHeight: -1 }, 'application/json', 422],
    ['two different names', { rid: '1', encodingId: '2' }, 'application/json', 422],
    ['a strange m-line', { mediaId: 'video' }, 'application/json', 422],
    ['more than 128 KiB', { rid: 'x'.repeat(200_000) }, 'application/json', 413],
  ])('refuses %s', async (_, body, type, status) => {
    const response = await choose(body, type);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(wish()).toBeUndefined();
  });

  it('is there for the sessions of viewers only, as long as they last', async () => {
    const unknown = '/whep/sessions/8b1d8a5e-0000-4000-8000-000000000000';
    for (const place of [unknown, `/whep/sessions/${idOf(publisher)}`, publisher]) {
      expect((await choose({}, 'application/json', place)).status).toBe(404);
    }
    await fake.request(location, { method: 'DELETE' });
    expect((await choose({})).status).toBe(404);
  });

  it('needs no bearer, nor minds one: the URL is the secret', async () => {
    const response = await fake.request(`${location}/layer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer nonsense' },
      body: '{}',
    });
    expect(response.status).toBe(200);
  });

  it('says 405 to other methods', async () => {
    const response = await fake.request(`${location}/layer`);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')?.split(', ').toSorted()).toEqual(['DELETE', 'OPTIONS', 'POST']);
  });

  it('is refused where the viewer has no video', async () => {
    const [head = '', ...media] = chromiumPlayOffer.split(/(?=^m=)/m);
    const audio = media.filter((section) => section.startsWith('m=audio'));
    const mid = /^a=mid:(\S+)/m.exec(audio[0] ?? '')?.[1];
    const offer = [head.replace(/^a=group:BUNDLE .*$/m, `a=group:BUNDLE ${mid}`), ...audio].join('');
    const headers = { 'content-type': 'application/sdp' };
    const response = await fake.request('/whep/brook', { method: 'POST', headers, body: offer });
    expect(response.status).toBe(201);
    const refused = await choose({}, 'application/json', response.headers.get('location') ?? '');
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ detail: 'This session has no video.' });
  });
});
