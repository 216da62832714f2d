import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client, ClientConfig } from 'pg';
import type { Log } from '../log.ts';
import { SteadyClient } from './steady-client.ts';

/** As Prisma's own engine makes it, which then finds nothing to do, and the other way round. */
export const HISTORY_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

/** The lock Prisma takes too. It belongs to the connection, and ends with it. */
export const MIGRATION_LOCK = 'SELECT pg_advisory_lock(72707369)';

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export interface HistoryRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

/**
 * Brings the database to the newest of `folder`'s migrations. Of several servers at once one does it and the others
 * wait. Throws a `MigrationError`, and leaves the database as it was before the failing one.
 */
export async function migrate(options: { connection: ClientConfig; folder: string; log: Log }): Promise<void> {
  const { connection, folder, log } = options;
  const migrations = await readMigrations(folder);
  const client = new SteadyClient(connection);
  await client.connect();
  try {
    await client.query(MIGRATION_LOCK);
    await client.query(HISTORY_TABLE);
    for (const migration of pending(migrations, await readHistory(client))) {
      await apply(client, migration);
      log.info({ migration: migration.name }, 'database migrated');
    }
  } finally {
    await client.end();
  }
}

/** In the order in which they are applied. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return await Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

export async function readHistory(client: Client): Promise<readonly HistoryRow[]> {
  const { rows } = await client.query<HistoryRow>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  return rows;
}

/** What is left to apply. Throws a `MigrationError` where the history is not the beginning of what we know. */
export function pending(migrations: readonly Migration[], history: readonly HistoryRow[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { migration_name: name, checksum, finished_at: finishedAt } of history) {
    const migration = known.get(name);
    if (migration === undefined) {
      throw new MigrationError(`the database is newer than this Freshet, which does not know its migration ${name}`);
    }
    if (finishedAt === null) {
      throw new MigrationError(`migration ${name} was begun by other means and never finished: put it right first`);
    }
    if (checksum !== migration.checksum) {
      throw new MigrationError(`migration ${name} has changed since it was applied: restore its file`);
    }
    known.delete(name);
  }
  return [...known.values()];
}

async function apply(client: Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await applyOpenly(client, migration);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK');
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MigrationError(`migration ${migration.name} failed and was rolled back: ${reason}`, { cause });
  }
}

/** As part of the caller's transaction. */
export async function applyOpenly(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  const startedAt = new Date();
  await client.query(sql);
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
     VALUES ($1, $2, clock_timestamp(), $3, $4, 1)`,
    [randomUUID(), checksum, name, startedAt],
  );
}
