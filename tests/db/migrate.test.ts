import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientConfig } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { newFolder, query, silentLog, TestPostgres } from '../support/database.ts';

let postgres: TestPostgres;
let connection: ClientConfig;
let folder: string;

beforeAll(async () => {
  postgres = await TestPostgres.start();
});
afterAll(() => postgres.close());

beforeEach(async () => {
  connection = await postgres.newDatabase();
  folder = await newFolder();
  return () => rm(folder, { recursive: true });
});

const run = () => migrate({ connection, folder, log: silentLog });

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

const tables = async () => {
  const sql = `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1`;
  return (await query<{ tablename: string }>(connection, sql)).map((row) => row.tablename);
};

const history = () =>
  query<{ migration_name: string; checksum: string; finished_at: Date; applied_steps_count: number }>(
    connection,
    'SELECT * FROM _prisma_migrations ORDER BY started_at',
  );

test('migrations are applied in the order of their names, each once, and recorded as Prisma records them', async () => {
  await addMigration('2_second', 'ALTER TABLE fish ADD COLUMN name TEXT');
  await addMigration('1_first', 'CREATE TABLE fish (id INT)');
  await run();
  await run();
  const sha256 = createHash('sha256').update('CREATE TABLE fish (id INT)').digest('hex');
  const rows = await history();
  expect(rows.map((row) => row.migration_name)).toEqual(['1_first', '2_second']);
  expect(rows[0]).toMatchObject({ checksum: sha256, applied_steps_count: 1, logs: null, rolled_back_at: null });
  expect(rows[0]?.finished_at).toBeInstanceOf(Date);
});

test('of three servers that start at once on an empty database one migrates and two wait', async () => {
  await addMigration('1_first', 'CREATE TABLE fish (id INT); SELECT pg_sleep(0.1); CREATE TABLE weed (id INT)');
  await Promise.all([run(), run(), run()]);
  expect(await tables()).toEqual(['fish', 'weed']);
  expect(await history()).toHaveLength(1);
});

test('a migration that fails leaves nothing behind, and what came before it stays', async () => {
  await addMigration('1_first', 'CREATE TABLE fish (id INT)');
  await addMigration('2_broken', 'CREATE TABLE weed (id INT); CREATE TABLE fish (id INT)');
  await expect(run()).rejects.toThrow('migration 2_broken failed and was rolled back: relation "fish" already exists');
  expect(await tables()).toEqual(['fish']);
  await addMigration('2_broken', 'CREATE TABLE weed (id INT)');
  await run();
  expect(await tables()).toEqual(['fish', 'weed']);
});

test('a migration that was changed after it was applied is refused', async () => {
  await addMigration('1_first', 'CREATE TABLE fish (id INT)');
  await run();
  await addMigration('1_first', 'CREATE TABLE fish (id BIGINT)');
  await expect(run()).rejects.toThrow('migration 1_first has changed since it was applied');
});

test('a database of a newer version is refused', async () => {
  await addMigration('1_first', 'CREATE TABLE fish (id INT)');
  await addMigration('2_second', 'CREATE TABLE weed (id INT)');
  await run();
  await rm(join(folder, '2_second'), { recursive: true });
  await expect(run()).rejects.toThrow('does not know its migration 2_second');
});

test('a migration that another tool left unfinished is refused, and one it rolled back is applied', async () => {
  await addMigration('1_first', 'CREATE TABLE fish (id INT)');
  await run();
  await addMigration('2_second', 'CREATE TABLE weed (id INT)');
  await query(
    connection,
    `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '2_second')`,
  );
  await expect(run()).rejects.toThrow('migration 2_second was begun by other means and never finished');
  await query(connection, `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = 'x'`);
  await run();
  expect(await tables()).toEqual(['fish', 'weed']);
});
