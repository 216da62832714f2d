import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { query, silentLog, TestPostgres, urlOf } from '../support/database.ts';

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await TestPostgres.start();
});
afterAll(() => postgres.close());

const open = (databaseUrl: string) => openDatabase({ config: { dataDir: '/nowhere', databaseUrl }, log: silentLog });

test('three servers that open an empty database at once all find it ready', async () => {
  const url = urlOf(await postgres.newDatabase());
  const databases = await Promise.all([open(url), open(url), open(url)]);
  for (const database of databases) {
    await database.ping();
    expect(await database.users.hasAny()).toBe(false);
    await database.close();
    await database.close();
  }
});

test('a database that cannot be reached is named without its password', async () => {
  const message = await open('postgresql://freshet:hunter2@127.0.0.1:1/freshet').catch((error: Error) => error.message);
  expect(message).toBe('cannot use the PostgreSQL of DATABASE_URL at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1');
});

test('a database that does not exist is told in the words of PostgreSQL', async () => {
  const url = urlOf({ ...(await postgres.newDatabase()), database: 'nowhere' });
  await expect(open(url)).rejects.toThrow('database "nowhere" does not exist');
});

test('it reports its size, its connections and its jobs, and hears of each use', async () => {
  const uses: number[] = [];
  const meter = { used: (seconds: number) => uses.push(seconds), worked: () => {} };
  const databaseUrl = urlOf(await postgres.newDatabase());
  const database = await openDatabase({ config: { dataDir: '/nowhere', databaseUrl }, log: silentLog, meter });
  await database.webhookDeliveries.onDue(async () => 'done');
  await Promise.all([database.ping(), database.users.hasAny()]);
  const { connections, stored } = await database.report();
  expect(connections).toMatchObject({ busy: 0, waiting: 0 });
  expect(connections.idle).toBeGreaterThan(0);
  expect(stored?.bytes).toBeGreaterThan(1_000_000);
  const counts = { ready: 0, deferred: 0, active: 0 };
  expect(stored?.queues).toContainEqual({ queue: 'webhook-deliveries', counts });
  expect(uses.length).toBeGreaterThan(2);
  expect(Math.max(...uses)).toBeLessThan(60);
  await database.close();
});

test('of a database that is gone it reports that alone, soon', async () => {
  const connection = await postgres.newDatabase();
  const database = await open(urlOf(connection));
  await query({ ...connection, database: 'postgres' }, `DROP DATABASE ${connection.database} WITH (FORCE)`);
  expect((await database.report()).stored).toBeUndefined();
  await database.close();
});

test('a connection that the database drops does no harm', async () => {
  const connection = await postgres.newDatabase();
  const database = await open(urlOf(connection));
  await database.ping();
  const dropped = await query(
    connection,
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  expect(dropped.length).toBeGreaterThan(0);
  await expect.poll(() => database.ping().then(() => 'answers')).toBe('answers');
  await database.close();
});
