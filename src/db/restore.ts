import type { Client, ClientConfig } from 'pg';
import type { Entry, Header } from '../backup/ports.ts';
import { JOB_SCHEMA } from './job-queue.ts';
import { applyOpenly, HISTORY_TABLE, MIGRATION_LOCK, pending, readMigrations } from './migrate.ts';
import { SteadyClient } from './steady-client.ts';

const ROWS_AT_ONCE = 500;

/** Rows come table by table, not in an order that suits foreign keys; these are put back, and checked, when all are there. */
const FOREIGN_KEYS = `
  SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
  FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conparentid = 0`;
const OWN_THINGS = `
  SELECT format('DROP TABLE IF EXISTS %I CASCADE', relname) AS statement FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
  UNION ALL
  SELECT format('DROP TYPE IF EXISTS %I CASCADE', typname) FROM pg_type
  WHERE typnamespace = current_schema()::regnamespace AND typtype = 'e'`;

/** Whether there is anything that a restore would destroy. */
export async function isEmpty(connection: ClientConfig): Promise<boolean> {
  return await withClient(connection, async (client) => {
    const { rows } = await client.query<{ users: string | null }>("SELECT to_regclass('users') AS users");
    if (rows[0]?.users == null) return true;
    return (await client.query('SELECT 1 FROM users LIMIT 1')).rowCount === 0;
  });
}

/** Throws a `MigrationError` where the backup is of a Freshet that this one does not know. */
export async function checkSchema({ migrations }: Header, folder: string): Promise<void> {
  pending(await readMigrations(folder), migrations.map(asApplied));
}

/**
 * In place of all that the database has: the tables as they were when the backup was made, its rows, and then the
 * migrations since. All of it or, where anything fails, nothing. `beforeCommit` is part of that.
 */
export async function restoreRows(options: {
  readonly connection: ClientConfig;
  readonly folder: string;
  readonly header: Header;
  readonly entries: AsyncIterable<Entry>;
  readonly beforeCommit: () => Promise<void>;
}): Promise<void> {
  const { connection, folder, header, entries, beforeCommit } = options;
  const migrations = await readMigrations(folder);
  const since = new Set(pending(migrations, header.migrations.map(asApplied)));
  await withClient(connection, async (client) => {
    await client.query(MIGRATION_LOCK);
    await client.query('BEGIN');
    await dropAll(client);
    await client.query(HISTORY_TABLE);
    for (const migration of migrations) if (!since.has(migration)) await applyOpenly(client, migration);
    await insertAll(client, entries);
    for (const migration of since) await applyOpenly(client, migration);
    await beforeCommit();
    await client.query('COMMIT');
  });
}

const asApplied = ({ name, checksum }: Header['migrations'][number]) => ({
  migration_name: name,
  checksum,
  finished_at: new Date(0),
});

async function dropAll(client: Client): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(OWN_THINGS);
  for (const { statement } of rows) await client.query(statement);
  await client.query(`DROP SCHEMA IF EXISTS ${JOB_SCHEMA} CASCADE`);
}

async function insertAll(client: Client, entries: AsyncIterable<Entry>): Promise<void> {
  const { rows: keys } = await client.query<{ table: string; name: string; definition: string }>(FOREIGN_KEYS);
  for (const { table, name } of keys) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  let batch: { table: string; rows: string[] } = { table: '', rows: [] };
  for await (const { kind, name, text } of entries) {
    if (kind === 'sequence') await client.query('SELECT setval(quote_ident($1)::regclass, $2)', [name, text]);
    if (kind !== 'row') continue;
    if (name !== batch.table || batch.rows.length === ROWS_AT_ONCE) {
      await insert(client, batch);
      batch = { table: name, rows: [] };
    }
    batch.rows.push(text);
  }
  await insert(client, batch);
  for (const { table, name, definition } of keys) {
    await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  }
}

/** PostgreSQL reads its own JSON: every type comes back as it was. */
async function insert(client: Client, { table, rows }: { table: string; rows: readonly string[] }): Promise<void> {
  if (rows.length === 0) return;
  const { rows: columns } = await client.query<{ list: string | null }>(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS list FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [table],
  );
  const list = columns[0]?.list;
  if (list == null) throw new Error(`the backup has rows of ${table}, which is no table`);
  await client.query(
    `INSERT INTO ${table} (${list}) OVERRIDING SYSTEM VALUE
     SELECT ${list} FROM json_populate_recordset(NULL::${table}, $1::json)`,
    [`[${rows.join(',')}]`],
  );
}

/** Whose transaction ends with it, unless it was committed. */
async function withClient<T>(connection: ClientConfig, act: (client: Client) => Promise<T>): Promise<T> {
  const client = new SteadyClient(connection);
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}
