import type { ClientConfig } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Entry, Header } from '../../src/backup/ports.ts';
import { MIGRATIONS, openDatabase } from '../../src/db/database.ts';
import { openDump } from '../../src/db/dump.ts';
import { readMigrations } from '../../src/db/migrate.ts';
import { checkSchema, isEmpty, restoreRows } from '../../src/db/restore.ts';
import { newChannel, newOwner, query, silentLog, TestPostgres, urlOf } from '../support/database.ts';

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await TestPostgres.start();
});
afterAll(() => postgres.close());

async function filled(): Promise<ClientConfig> {
  const connection = await postgres.newDatabase();
  const database = await openDatabase({
    config: { dataDir: '/nowhere', databaseUrl: urlOf(connection) },
    log: silentLog,
  });
  const owner = await newOwner(database);
  const { id: channelId } = await newChannel(database, {
    slug: 'brook',
    ownerId: owner.id,
    title: 'A "brook"\\\u2028\t',
  });
  await database.streamKeys.add({
    channelId,
    name: 'OBS',
    prefix: 'fr_abc',
    hash: new Uint8Array(32).fill(255),
    expiresAt: null,
  });
  const webhook = await database.webhooks.create({
    userId: owner.id,
    channelId,
    url: 'https://example.org/',
    events: ['stream.started', 'stream.ended'],
    sealedSecret: new Uint8Array([0, 1, 254, 255]),
  });
  await database.webhookDeliveries.acceptFor(webhook.id, { type: 'test', body: '{"a":1.0}' });
  await database.close();
  return connection;
}

async function dumped(connection: ClientConfig): Promise<{ header: Header; entries: Entry[] }> {
  const dump = await openDump(connection);
  const entries: Entry[] = [];
  for await (const entry of dump.entries) entries.push(entry);
  await dump.close();
  return { header: { madeAt: '', migrations: dump.migrations }, entries };
}

async function* each(entries: readonly Entry[]): AsyncGenerator<Entry> {
  yield* entries;
}

const restored = (connection: ClientConfig, header: Header, entries: readonly Entry[], beforeCommit = async () => {}) =>
  restoreRows({ connection, folder: MIGRATIONS, header, entries: each(entries), beforeCommit });

test('what is restored is what was dumped, in every table', async () => {
  const source = await filled();
  const { header, entries } = await dumped(source);
  expect(new Set(entries.map(({ name }) => name)).size).toBeGreaterThan(4);
  const target = await postgres.newDatabase();
  expect(await isEmpty(target)).toBe(true);
  await restored(target, header, entries);
  expect(await isEmpty(target)).toBe(false);
  expect((await dumped(target)).entries).toEqual(entries);
});

test('it takes the place of what was there, and what waits to be delivered is delivered', async () => {
  const { header, entries } = await dumped(await filled());
  const target = await filled();
  await restored(target, header, entries);
  expect((await dumped(target)).entries).toEqual(entries);
  const database = await openDatabase({ config: { dataDir: '/nowhere', databaseUrl: urlOf(target) }, log: silentLog });
  const { promise, resolve } = Promise.withResolvers<string>();
  await database.webhookDeliveries.onDue(async (id) => {
    resolve(id);
    return 'done';
  });
  const [delivery] = await query<{ id: string }>(target, 'SELECT id FROM webhook_deliveries');
  expect(await promise).toBe(delivery?.id);
  await database.close();
});

test('rows that do not fit together change nothing', async () => {
  const { header, entries } = await dumped(await filled());
  const target = await filled();
  const before = await dumped(target);
  const withoutUsers = entries.filter(({ name }) => name !== 'users');
  await expect(restored(target, header, withoutUsers)).rejects.toThrow('foreign key');
  const failing = async () => Promise.reject(new Error('the disk is full'));
  await expect(restored(target, header, entries, failing)).rejects.toThrow('the disk is full');
  const stranger: Entry = { kind: 'row', name: 'users; DROP TABLE users', text: '{}' };
  await expect(restored(target, header, [...entries, stranger])).rejects.toThrow();
  expect(await dumped(target)).toEqual(before);
});

test('a backup of an older version is brought to this one, and one of a newer is refused', async () => {
  const migrations = await readMigrations(MIGRATIONS);
  const first = migrations.slice(0, 1).map(({ name, checksum }) => ({ name, checksum }));
  const user = { id: '00000000-0000-7000-8000-000000000001', name: 'Ann', name_key: 'ann', role: 'owner' };
  const row = { ...user, password_hash: 'x', created_at: '2026-01-01T00:00:00Z' };
  const target = await postgres.newDatabase();
  await restored(target, { madeAt: '', migrations: first }, [
    { kind: 'row', name: 'users', text: JSON.stringify(row) },
  ]);
  const { header, entries } = await dumped(target);
  expect(header.migrations.map(({ name }) => name)).toEqual(migrations.map(({ name }) => name));
  expect(JSON.parse(entries.find(({ name }) => name === 'users')?.text ?? '{}')).toMatchObject(user);

  const newer = { madeAt: '', migrations: [...first, { name: '20990101000000_later', checksum: 'x' }] };
  await expect(checkSchema(newer, MIGRATIONS)).rejects.toThrow('newer than this Freshet');
  const changed = { madeAt: '', migrations: first.map(({ name }) => ({ name, checksum: 'other' })) };
  await expect(checkSchema(changed, MIGRATIONS)).rejects.toThrow('has changed');
});
