import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Channel } from '../../src/channels/ports.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { newChannel, newOwner, query, silentLog, TestPostgres, urlOf } from '../support/database.ts';
import { until } from '../support/until.ts';

let postgres: TestPostgres;
let db: Database;
let userId: string;
let brook: Channel;
let river: Channel;

beforeAll(async () => {
  postgres = await TestPostgres.start();
  db = await postgres.open();
  userId = (await newOwner(db)).id;
  brook = await newChannel(db, { slug: 'brook', ownerId: userId });
  river = await newChannel(db, { slug: 'river', ownerId: userId });
});
afterAll(async () => {
  await db.close();
  await postgres.close();
});

const sealedSecret = Uint8Array.of(1, 2, 3);

function hook(more: { channelId?: string | null; events?: readonly string[] } = {}) {
  const { channelId = null, events = ['stream.started'] } = more;
  return db.webhooks.create({ userId, channelId, url: 'https://example.org/hook', events, sealedSecret });
}

describe('webhooks', () => {
  it('are kept as they are changed, for their own user alone', async () => {
    const made = await hook({ channelId: brook.id });
    expect(made).toMatchObject({ channel: { slug: 'brook' }, isActive: true, failingSince: null });
    expect(await db.webhooks.update(userId, made.id, { events: ['stream.ended'] })).toMatchObject({
      events: ['stream.ended'],
    });
    const stranger = '01890000-0000-7000-8000-000000000000';
    expect(await db.webhooks.byId(stranger, made.id)).toBeUndefined();
    expect(await db.webhooks.update(stranger, made.id, { isActive: false })).toBeUndefined();
    expect(await db.webhooks.delete(stranger, made.id)).toBe(false);
    expect(await db.webhooks.delete(userId, made.id)).toBe(true);
    expect(await db.webhooks.byId(userId, 'no id')).toBeUndefined();
  });

  it('keep the secret before the last rotation, and since when it is old', async () => {
    const { id } = await hook();
    const until = new Date('2026-12-01T00:00:00Z');
    const [second, third] = [Uint8Array.of(4), Uint8Array.of(5)];
    expect(await db.webhooks.rotate(userId, id, second, until)).toMatchObject({ id, oldSecretUntil: until });
    await db.webhooks.rotate(userId, id, third, until);
    const { id: deliveryId } = await db.webhookDeliveries.acceptFor(id, { type: 't', body: '{}' });
    const { webhook } = (await db.webhookDeliveries.due(deliveryId)) ?? {};
    expect(webhook).toMatchObject({ sealedSecret: third, oldSealedSecret: second, oldSecretUntil: until });
    expect(await db.webhooks.rotate('01890000-0000-7000-8000-000000000000', id, second, until)).toBeUndefined();
    expect(await db.webhooks.rotate(userId, 'no id', second, until)).toBeUndefined();
    await db.webhooks.delete(userId, id);
  });

  it('remember since when they fail, and why they were switched off until they are switched on again', async () => {
    const { id } = await hook();
    const first = new Date('2026-11-01T00:00:00Z');
    expect(await db.webhooks.failed(id, first)).toEqual(first);
    expect(await db.webhooks.failed(id, new Date())).toEqual(first);
    await db.webhooks.succeeded(id);
    expect((await db.webhooks.byId(userId, id))?.failingSince).toBeNull();
    await db.webhooks.switchOff(id, 'gone');
    expect(await db.webhooks.byId(userId, id)).toMatchObject({ isActive: false, switchedOffBecause: 'gone' });
    expect(await db.webhooks.update(userId, id, { isActive: true })).toMatchObject({ switchedOffBecause: null });
    await db.webhooks.delete(userId, id);
  });
});

describe('deliveries', () => {
  it('are made for the active webhooks of the channel or of all channels that listen to the event', async () => {
    const [all, own, other, deaf, off] = await Promise.all([
      hook(),
      hook({ channelId: brook.id }),
      hook({ channelId: river.id }),
      hook({ events: ['stream.ended'] }),
      hook(),
    ]);
    await db.webhooks.update(userId, off.id, { isActive: false });
    const event = { channelId: brook.id, type: 'stream.started', body: '{"type":"stream.started"}' };
    expect(await db.webhookDeliveries.accept(event)).toBe(2);
    const counts = await Promise.all(
      [all, own, other, deaf, off].map(async ({ id }) => (await db.webhookDeliveries.list(id, { limit: 9 })).length),
    );
    expect(counts).toEqual([1, 1, 0, 0, 0]);
    const successor = await db.users.create({ name: 'Bob', passwordHash: 'x', role: 'owner' });
    await db.users.change(userId, { disabledAt: new Date() });
    expect(await db.webhookDeliveries.accept(event)).toBe(0);
    const { id: waiting } = await db.webhookDeliveries.acceptFor(all.id, event);
    expect(await db.webhookDeliveries.due(waiting)).toMatchObject({ webhook: { isAccountDisabled: true } });
    await db.users.change(userId, { disabledAt: null });
    await db.users.delete(successor?.id ?? '');
    expect(await db.webhookDeliveries.accept(event)).toBe(2);
    for (const { id } of [all, own, other, deaf, off]) await db.webhooks.delete(userId, id);
  });

  it('come to be attempted, and again where they failed, and go with their webhook', async () => {
    const { id } = await hook();
    const made = await db.webhookDeliveries.acceptFor(id, { type: 'webhook.test', body: '{"a":"ö\\u0000"}' });
    const attempts: boolean[] = [];
    await db.webhookDeliveries.onDue(async (deliveryId, isLast) => {
      if (deliveryId !== made.id) return 'done';
      attempts.push(isLast);
      return attempts.length < 2 ? 'again' : 'done';
    });
    await until('it was attempted twice', () => attempts.length === 2, { timeoutMs: 30_000 });
    expect(attempts).toEqual([false, false]);
    expect(await db.webhookDeliveries.due(made.id)).toMatchObject({ body: made.body, webhook: { id, isActive: true } });

    const attemptedAt = new Date();
    const answer = { durationMs: 12, responseStatus: 500, responseBody: 'oh', problem: 'answered 500' };
    await db.webhookDeliveries.attempted(made.id, { ...answer, attemptedAt, status: 'failed' });
    expect(await db.webhookDeliveries.list(id, { limit: 5 })).toMatchObject([
      { ...answer, status: 'failed', attempts: 1 },
    ]);
    expect(await db.webhookDeliveries.again(id, made.id)).toMatchObject({ status: 'pending', attempts: 1 });
    await until('it was attempted once more', () => attempts.length === 3, { timeoutMs: 30_000 });
    expect(await db.webhookDeliveries.again(id, brook.id)).toBeUndefined();

    await db.webhooks.delete(userId, id);
    expect(await db.webhookDeliveries.due(made.id)).toBeUndefined();
  });

  it('are paged, newest first, and forgotten in time', async () => {
    const { id } = await hook();
    const made: string[] = [];
    for (let i = 0; i < 3; i++) made.unshift((await db.webhookDeliveries.acceptFor(id, { type: 't', body: '{}' })).id);
    const ids = async (after?: string) => {
      const page = { limit: 2, ...(after !== undefined && { after }) };
      return (await db.webhookDeliveries.list(id, page)).map((delivery) => delivery.id);
    };
    expect(await ids()).toEqual(made.slice(0, 2));
    expect(await ids(made[1])).toEqual(made.slice(2));
    expect(await db.webhookDeliveries.forget(new Date(Date.now() - 60_000))).toBe(0);
    expect(await db.webhookDeliveries.forget(new Date(Date.now() + 60_000))).toBeGreaterThanOrEqual(3);
    await db.webhooks.delete(userId, id);
  });
});

test('a delivery whose server died in the last attempt is no longer pending', async () => {
  const connection = await postgres.newDatabase();
  const config = { dataDir: '', databaseUrl: urlOf(connection) };
  const fresh = await openDatabase({ config, log: silentLog });
  const boss = new PgBoss({
    connectionString: config.databaseUrl,
    schema: 'pgboss',
    supervise: false,
    schedule: false,
  });
  try {
    const { id: owner } = await newOwner(fresh);
    const draft = { userId: owner, channelId: null, url: 'https://example.org/hook', events: [], sealedSecret };
    const { id } = await fresh.webhooks.create(draft);
    const { id: lost } = await fresh.webhookDeliveries.acceptFor(id, { type: 'lost', body: '{}' });
    // As a process leaves it that took the job for the last time an hour ago, and said nothing since.
    await query(
      connection,
      "UPDATE pgboss.job SET state = 'active', retry_count = retry_limit, started_on = now() - interval '1 hour'",
    );
    await fresh.webhookDeliveries.onDue(async () => 'done');
    await boss.start();
    await boss.supervise('webhook-deliveries');
    const [delivery] = await until('it is over', async () => {
      const rows = await fresh.webhookDeliveries.list(id, { limit: 1 });
      return rows[0]?.status !== 'pending' && rows;
    });
    expect(delivery).toMatchObject({
      id: lost,
      status: 'failed',
      problem: expect.stringContaining('the last attempt'),
    });
  } finally {
    await boss.stop();
    await fresh.close();
  }
});
