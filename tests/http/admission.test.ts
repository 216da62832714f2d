import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Authorizer } from '../../src/webhooks/authorizer.ts';
import { mintSigningSecret } from '../../src/webhooks/signing.ts';
import { silentLog } from '../support/database.ts';
import { FakeApp } from '../support/fake-app.ts';
import { HookReceiver } from '../support/hook-receiver.ts';
import { chromiumPlayOffer } from '../support/offers.ts';

let receiver: HookReceiver;
let authorizer: Authorizer;
let fake: FakeApp;
let key: string;
let keyId: string;

beforeAll(async () => {
  receiver = await HookReceiver.start();
  authorizer = new Authorizer({ url: receiver.url, secret: mintSigningSecret(), onError: 'refuse', log: silentLog });
});
afterAll(async () => {
  authorizer.close();
  await receiver.close();
});
beforeEach(async () => {
  receiver.received.length = 0;
  receiver.answer = () => ({ status: 204 });
  fake = new FakeApp({ authorizer, publicUrl: new URL('https://live.example.org') });
  const { user } = await fake.account('owner', 'owner');
  ({ key, keyId } = await fake.channel('brook', user.id));
});

const watch = (body = chromiumPlayOffer) =>
  fake.request('/whep/brook', {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', 'user-agent': 'a player', 'x-forwarded-for': '203.0.113.9' },
    body,
  });
const questions = () => receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

it('is asked before a publish and before a play, and never learns a key', async () => {
  await fake.goLive(key);
  expect((await watch()).status).toBe(201);
  expect((await watch('')).status).toBe(406);
  expect(questions()).toEqual([
    { action: 'publish', channel: 'brook', keyId },
    { action: 'play', channel: 'brook', clientAddress: '203.0.113.9', userAgent: 'a player' },
    { action: 'play', channel: 'brook', clientAddress: '203.0.113.9', userAgent: 'a player' },
  ]);
  expect(JSON.stringify(receiver.received)).not.toContain(key);
});

it('is told which viewer token somebody watches with, and only where it takes one', async () => {
  const owner = await fake.account('streamer', 'streamer');
  await fake.channel('spring', owner.user.id, 'private');
  const body = { ttlSeconds: 60 };
  const minted = await fake.call('POST', '/channels/spring/viewer-tokens', { token: owner.token, body });
  const { id, token } = (await minted.json()) as { id: string; token: string };
  const headers = { 'content-type': 'application/sdp' };
  for (const slug of ['spring', 'brook']) {
    for (const bearer of [token, owner.token]) {
      const authorization = `Bearer ${bearer}`;
      await fake.request(`/whep/${slug}`, { method: 'POST', headers: { ...headers, authorization }, body: '' });
    }
  }
  expect(questions()).toEqual([
    { action: 'play', channel: 'spring', viewerTokenId: id },
    { action: 'play', channel: 'spring' },
    { action: 'play', channel: 'brook' },
    { action: 'play', channel: 'brook' },
  ]);
  expect(JSON.stringify(receiver.received)).not.toContain(token);
});

it('is not asked about a key that is wrong, or a channel that is not there', async () => {
  expect((await fake.publish('fr_nonsense')).status).toBe(401);
  const headers = { 'content-type': 'application/sdp' };
  expect((await fake.request('/whep/nothing', { method: 'POST', headers, body: chromiumPlayOffer })).status).toBe(404);
  expect(receiver.received).toEqual([]);
});

it('refuses in its own words, and nothing is opened', async () => {
  receiver.answer = () => ({ status: 403, body: '{"reason":"Not before eight."}' });
  for (const refused of [await fake.publish(key), await watch()]) {
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      type: 'urn:freshet:problem:not_admitted',
      detail: 'Not before eight.',
    });
  }
  expect(fake.media.sessions.size).toBe(0);
});

it('lets nobody in while it is away, and says when to ask again', async () => {
  receiver.answer = () => ({ status: 502 });
  const refused = await fake.publish(key);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await refused.json()).toMatchObject({ type: 'urn:freshet:problem:authorizer_away' });
});
