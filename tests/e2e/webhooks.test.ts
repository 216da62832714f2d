import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { HookReceiver } from '../support/hook-receiver.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const ENV = { WEBHOOK_ALLOW_PRIVATE: 'true' };

let dataDir: string;
let server: Server;
let api: Api;
let receiver: HookReceiver;
let media: EncodedMedia;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'freshet-test-'));
  [server, receiver, media] = await Promise.all([
    Server.start({ dataDir, env: ENV }),
    HookReceiver.start(),
    makeMedia({ width: 320, height: 180, fps: 15, seconds: 2, bitrateKbps: 300 }),
  ]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await server?.stop();
  await receiver?.close();
  await rm(dataDir, { recursive: true, force: true });
});

beforeEach(() => {
  receiver.received.length = 0;
});

interface Hook {
  readonly id: string;
  readonly secret: string;
}

interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly status: string;
  readonly attempts: number;
  readonly problem: string | null;
}

const hookOn = (channel: string) =>
  api.post<Hook>('/webhooks', { url: receiver.url, channel, events: ['stream.started', 'stream.ended'] });

const deliveries = async ({ id }: Hook) =>
  (await api.get<{ items: readonly Delivery[] }>(`/webhooks/${id}/deliveries`)).items;

test('a stream that goes live and ends is told to a receiver that believes the signature', async () => {
  const { slug, key } = await api.createChannel('told');
  const hook = await hookOn(slug);
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  const started = await until('the start was told', () => receiver.of('stream.started')[0]);
  expect(await obs.stop()).toBe(200);
  const ended = await until('the end was told', () => receiver.of('stream.ended')[0]);

  const verifier = new Webhook(hook.secret);
  for (const { body, headers } of [started, ended]) verifier.verify(body, headers as Record<string, string>);
  expect(JSON.parse(ended.body).data).toMatchObject({
    channel: { slug },
    stream: { reason: 'deleted', peakViewers: 0 },
  });
  await until('both are noted as delivered', async () => {
    const found = await deliveries(hook);
    return found.length === 2 && found.every(({ status, attempts }) => status === 'delivered' && attempts === 1);
  });
});

test('what was accepted while the receiver was down is delivered after a kill -9, once it is back', async () => {
  const { slug, key } = await api.createChannel('told-late');
  const hook = await hookOn(slug);
  await receiver.close();
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  await until('a first attempt failed', async () => {
    const [started] = await deliveries(hook);
    return started?.status === 'pending' && started.attempts > 0 && started.problem?.includes('ECONNREFUSED');
  });
  await server.kill9();
  obs.vanish();

  await receiver.listen();
  server = await Server.start({ dataDir, env: ENV });
  api = api.at(server);
  const { body, headers } = await until('it was told', () => receiver.of('stream.started')[0], { timeoutMs: 90_000 });
  expect(new Webhook(hook.secret).verify(body, headers as Record<string, string>)).toMatchObject({
    data: { channel: { slug } },
  });
  const ended = await until('its end was told', () => receiver.of('stream.ended')[0]);
  expect(JSON.parse(ended.body).data).toMatchObject({ channel: { slug }, stream: { reason: 'crash' } });
  await until('it is noted as delivered', async () =>
    (await deliveries(hook)).some(({ event, status }) => event === 'stream.started' && status === 'delivered'),
  );
}, 180_000);

test('without the operator’s word a webhook reaches nothing of his network', async () => {
  const closed = await Server.start();
  const stranger = await Api.setUp(closed);
  await expect(stranger.post('/webhooks', { url: receiver.url, events: ['stream.started'] })).rejects.toThrow('422');
  const hook = await stranger.post<Hook>('/webhooks', {
    url: `http://localhost.localdomain:${new URL(receiver.url).port}/hook`,
    events: ['stream.started'],
  });
  await stranger.post(`/webhooks/${hook.id}/test`);
  await until('the attempt was refused', async () => {
    const { items } = await stranger.get<{ items: readonly Delivery[] }>(`/webhooks/${hook.id}/deliveries`);
    return items[0]?.problem;
  });
  expect(receiver.received).toEqual([]);
  await closed.stop();
});
