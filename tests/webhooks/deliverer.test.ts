import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SecretBox } from '../../src/secret-box.ts';
import { Deliverer } from '../../src/webhooks/deliverer.ts';
import { Webhooks } from '../../src/webhooks/webhooks.ts';
import { FakeChannelStore } from '../support/fake-channel-stores.ts';
import { FakeDeliveryStore, FakeWebhookStore } from '../support/fake-webhook-stores.ts';
import { HookReceiver } from '../support/hook-receiver.ts';

const HOUR_MS = 3600_000;

let receiver: HookReceiver;
let store: FakeWebhookStore;
let deliveries: FakeDeliveryStore;
let deliverer: Deliverer;
let webhooks: Webhooks;
let hook: { id: string; secret: string };
let nowMs = Date.now();

beforeAll(async () => {
  receiver = await HookReceiver.start();
});
afterAll(() => receiver.close());

beforeEach(async () => {
  receiver.received.length = 0;
  receiver.answer = () => ({ status: 204 });
  nowMs = Date.now();
  store = new FakeWebhookStore(new FakeChannelStore());
  deliveries = new FakeDeliveryStore(store);
  const shared = { deliveries, secrets: new SecretBox('one'), isPrivateAllowed: true, now: () => new Date(nowMs) };
  webhooks = new Webhooks({ ...shared, store });
  deliverer = new Deliverer({ ...shared, webhooks: store, log: pino({ level: 'silent' }) });
  const draft = { userId: 'ann', channelId: null, url: receiver.url, events: ['stream.started'] as const };
  const { record, secret } = await webhooks.create(draft);
  hook = { id: record.id, secret };
});

async function rowOf(id: string) {
  const row = store.rows.get(id);
  if (!row) throw new Error('there is no such webhook');
  return row;
}

/** One attempt of a new delivery, or of a given one. */
async function attempt({ isLast = false, id }: { isLast?: boolean; id?: string } = {}) {
  const deliveryId = id ?? (await webhooks.test('ann', hook.id)).id;
  const outcome = await deliverer.attempt(deliveryId, isLast);
  return { outcome, id: deliveryId, row: deliveries.rows.get(deliveryId) };
}

test('what is delivered is signed, and noted with its answer', async () => {
  receiver.answer = () => ({ status: 200, body: 'ok' });
  const { outcome, id, row } = await attempt();
  expect(outcome).toBe('done');
  expect(row).toMatchObject({
    status: 'delivered',
    attempts: 1,
    responseStatus: 200,
    responseBody: 'ok',
    problem: null,
  });
  const [{ body = '', headers = {} } = {}] = receiver.received;
  expect(headers['webhook-id']).toBe(`msg_${id}`);
  expect(new Webhook(hook.secret).verify(body, headers as Record<string, string>)).toMatchObject({
    type: 'webhook.test',
  });
});

test('what fails is tried again with the same id, and over when the last attempt failed', async () => {
  receiver.answer = () => ({ status: 503, body: 'later' });
  const first = await attempt();
  expect([first.outcome, first.row?.status, first.row?.problem]).toEqual(['again', 'pending', 'answered 503']);
  const last = await attempt({ id: first.id, isLast: true });
  expect([last.outcome, last.row?.status, last.row?.attempts]).toEqual(['done', 'failed', 2]);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
});

test('a webhook that failed for three days is switched off and says so, one that succeeded between is not', async () => {
  receiver.answer = () => ({ status: 500 });
  await attempt();
  nowMs += 71 * HOUR_MS;
  await attempt();
  expect(store.rows.get(hook.id)?.isActive).toBe(true);
  nowMs += 2 * HOUR_MS;
  expect((await attempt()).outcome).toBe('done');
  expect(store.rows.get(hook.id)).toMatchObject({
    isActive: false,
    switchedOffBecause: 'no delivery succeeded for three days',
  });

  await webhooks.update('ann', hook.id, { isActive: true });
  await attempt();
  nowMs += 40 * HOUR_MS;
  receiver.answer = () => ({ status: 204 });
  await attempt();
  receiver.answer = () => ({ status: 500 });
  nowMs += 40 * HOUR_MS;
  await attempt();
  expect(store.rows.get(hook.id)).toMatchObject({ isActive: true, switchedOffBecause: null });
});

test('a receiver that is gone for good is told nothing more', async () => {
  receiver.answer = () => ({ status: 410 });
  expect((await attempt()).outcome).toBe('done');
  expect(store.rows.get(hook.id)?.switchedOffBecause).toContain('410');
  expect((await attempt()).row).toMatchObject({ status: 'failed', problem: 'the webhook is switched off' });
  expect(receiver.received).toHaveLength(1);
});

test('a secret that another key sealed signs nothing', async () => {
  await store.rotate('ann', hook.id, new SecretBox('another').seal(hook.secret), new Date(0));
  expect((await attempt()).row?.problem).toContain('rotate it');
  const { secret } = await webhooks.rotate('ann', hook.id, { keepSeconds: 60 });
  expect((await attempt()).row?.status).toBe('delivered');
  const [{ body = '', headers = {} } = {}] = receiver.received;
  expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();
});

test('after a rotation both secrets sign for a while, and then the new one alone', async () => {
  const { secret } = await webhooks.rotate('ann', hook.id, { keepSeconds: 3600 });
  const believers = async () => {
    await attempt();
    const { body = '', headers = {} } = receiver.received.at(-1) ?? {};
    const isGood = (one: string) => {
      try {
        return Boolean(new Webhook(one).verify(body, headers as Record<string, string>));
      } catch {
        return false;
      }
    };
    return { old: isGood(hook.secret), fresh: isGood(secret) };
  };
  expect(await believers()).toEqual({ old: true, fresh: true });
  store.rows.set(hook.id, { ...(await rowOf(hook.id)), oldSecretUntil: new Date(nowMs) });
  expect(await believers()).toEqual({ old: false, fresh: true });
});

test('a secret that leaked signs nothing from the rotation on', async () => {
  await webhooks.rotate('ann', hook.id, { keepSeconds: 0 });
  await attempt();
  const { body = '', headers = {} } = receiver.received.at(-1) ?? {};
  expect(() => new Webhook(hook.secret).verify(body, headers as Record<string, string>)).toThrow('signature');
});

test('what was deleted meanwhile is done, and what is a month old is forgotten', async () => {
  const { id } = await attempt();
  await webhooks.delete('ann', hook.id);
  expect(await deliverer.attempt(id, false)).toBe('done');
  nowMs += 31 * 24 * HOUR_MS;
  await deliverer.attempt(id, false);
  expect(deliveries.rows.size).toBe(0);
});

test('a disabled account hears nothing, which is not its receiver’s fault, and of what comes after it is enabled', async () => {
  deliveries.disabledAccounts.add('ann');
  const unsent = await attempt();
  expect([unsent.outcome, unsent.row?.status, unsent.row?.problem]).toEqual([
    'done',
    'failed',
    'its account is disabled',
  ]);
  expect(receiver.received).toEqual([]);
  expect(store.rows.get(hook.id)).toMatchObject({ isActive: true, failingSince: null });
  deliveries.disabledAccounts.clear();
  expect((await attempt()).row?.status).toBe('delivered');
});
