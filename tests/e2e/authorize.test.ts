import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { mintSigningSecret } from '../../src/webhooks/signing.ts';
import { Api } from '../support/api.ts';
import { HookReceiver } from '../support/hook-receiver.ts';
import { chromiumPlayOffer, obsOffer } from '../support/offers.ts';
import { Server } from '../support/server.ts';

const SECRET = mintSigningSecret();

let receiver: HookReceiver;
let server: Server;
let api: Api;

beforeAll(async () => {
  receiver = await HookReceiver.start();
  server = await Server.start({ env: { AUTHORIZE_URL: receiver.url, AUTHORIZE_SECRET: SECRET } });
  api = await Api.setUp(server);
});
afterAll(async () => {
  await server?.stop();
  await receiver?.close();
});
beforeEach(() => {
  receiver.received.length = 0;
});

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(server.url + path, { method: 'POST', headers: { 'content-type': 'application/sdp', ...headers }, body });

test('the real server asks with a signature, refuses in the words of the answer, and lets in on a yes', async () => {
  const { slug, key } = await api.createChannel('asked');
  const publish = () => post('/whip', obsOffer, { authorization: `Bearer ${key}` });
  receiver.answer = () => ({ status: 403, body: '{"reason":"Not before eight."}' });
  const refused = await publish();
  expect([refused.status, ((await refused.json()) as { detail: string }).detail]).toEqual([403, 'Not before eight.']);
  expect((await post(`/whep/${slug}`, chromiumPlayOffer)).status).toBe(403);

  receiver.answer = () => ({ status: 204 });
  const opened = await publish();
  expect(opened.status).toBe(201);
  const asked = receiver.received.map(({ body, headers }) =>
    new Webhook(SECRET).verify(body, headers as Record<string, string>),
  );
  expect(asked).toEqual([
    {
      action: 'publish',
      channel: slug,
      keyId: expect.any(String),
      clientAddress: '127.0.0.1',
      userAgent: expect.any(String),
    },
    { action: 'play', channel: slug, clientAddress: '127.0.0.1', userAgent: expect.any(String) },
    {
      action: 'publish',
      channel: slug,
      keyId: expect.any(String),
      clientAddress: '127.0.0.1',
      userAgent: expect.any(String),
    },
  ]);
  expect(JSON.stringify(receiver.received)).not.toContain(key);
  await fetch(server.url + opened.headers.get('location'), { method: 'DELETE' });

  await receiver.close();
  expect((await publish()).status).toBe(503);
  await receiver.listen();
  expect((await publish()).status).toBe(201);
});
