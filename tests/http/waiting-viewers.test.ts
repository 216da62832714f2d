import { beforeEach, expect, it } from 'vitest';
import { answerTo } from '../interop/conformance/sdp.ts';
import { EventReader } from '../support/event-reader.ts';
import { FakeApp } from '../support/fake-app.ts';
import { settled } from '../support/fake-clock.ts';
import { chromiumPlayOffer } from '../support/offers.ts';

const SDP = { 'content-type': 'application/sdp' };

let fake: FakeApp;
let key: string;
let token: string;

beforeEach(async () => {
  fake = new FakeApp();
  const owner = await fake.account('owner', 'owner');
  token = owner.token;
  key = (await fake.channel('brook', owner.user.id)).key;
});

const play = (body = chromiumPlayOffer) => fake.request('/whep/brook', { method: 'POST', headers: SDP, body });
const letWait = (acceptsWaitingViewers: boolean) =>
  fake.call('PATCH', '/channels/brook', { token, body: { acceptsWaitingViewers } });
const idOf = (path: string) => path.split('/').at(-1) ?? '';

async function open(): Promise<string> {
  const response = await play();
  expect(response.status).toBe(201);
  const location = response.headers.get('location') ?? '';
  fake.media.connect(idOf(location));
  await settled();
  return location;
}

it('a channel lets viewers wait once it is told to, and no longer than that', async () => {
  expect(await (await fake.call('GET', '/channels/brook')).json()).toMatchObject({ acceptsWaitingViewers: false });
  expect((await play()).status).toBe(409);

  expect(await (await letWait(true)).json()).toMatchObject({ acceptsWaitingViewers: true });
  const location = await open();
  expect((await fake.request(location)).status).toBe(204);

  await letWait(false);
  expect((await fake.request(location)).status).toBe(404);
  expect((await play()).status).toBe(409);
});

it('what is no offer is refused there as everywhere', async () => {
  await letWait(true);
  expect((await play('hello')).status).toBe(400);
  expect(fake.media.sessions.size).toBe(0);
});

it('a viewer who waits is told when the stream begins, when it ends, and when the next one begins', async () => {
  await letWait(true);
  const location = await open();
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(['active', 'inactive', 'viewercount']);
  const made = await fake.request(`${location}/sse`, { method: 'POST', headers, body });
  const reader = new EventReader(await fake.request(made.headers.get('location') ?? ''));

  const publisher = await fake.goLive(key);
  expect((await reader.take(2)).map((event) => event?.name)).toEqual(['active', 'viewercount']);
  await fake.request(publisher, { method: 'DELETE' });
  expect(await reader.next()).toEqual({ name: 'inactive', data: {} });
  await fake.goLive(key);
  expect((await reader.take(2)).map((event) => event?.name)).toEqual(['active', 'viewercount']);
  await reader.close();
});

it('a viewer who waits may take our offer, which has every codec', async () => {
  await letWait(true);
  const response = await play('');
  expect(response.status).toBe(406);
  const offer = await response.text();
  for (const codec of ['VP8', 'VP9', 'H264', 'AV1']) expect(offer).toContain(` ${codec}/90000`);
  const location = response.headers.get('location') ?? '';
  await fake.goLive(key);
  const answered = await fake.request(location, { method: 'PATCH', headers: SDP, body: answerTo(offer) });
  expect(answered.status).toBe(204);
});

it('nobody waits on a channel that is deleted', async () => {
  await letWait(true);
  const location = await open();
  expect((await fake.call('DELETE', '/channels/brook', { token })).status).toBe(204);
  expect((await fake.request(location)).status).toBe(404);
  expect(fake.media.sessions.size).toBe(0);
});
