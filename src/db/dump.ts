import type { Client, ClientConfig } from 'pg';
import type { Entry, Header } from '../backup/ports.ts';
import { readHistory } from './migrate.ts';
import { SteadyClient } from './steady-client.ts';

const ROWS_AT_ONCE = 500;

/** Ours alone: the queue of jobs is made anew from the rows that wait for it. */
const TABLES = `
  SELECT quote_ident(relname) AS table FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND relname <> '_prisma_migrations'
  ORDER BY relname`;
const SEQUENCES = `
  SELECT sequencename AS name, last_value AS value FROM pg_sequences
  WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY sequencename`;

/** All that the database keeps, as of one moment, while it goes on. */
export interface Dump {
  readonly migrations: Header['migrations'];
  readonly entries: AsyncGenerator<Entry>;
  /** Idempotent. */
  close(): Promise<void>;
}

export async function openDump(connection: ClientConfig): Promise<Dump> {
  const client = new SteadyClient(connection);
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const history = await readHistory(client);
  return {
    migrations: history
      .map(({ migration_name: name, checksum }) => ({ name, checksum }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    entries: entriesOf(client),
    close: () => client.end(),
  };
}

async function* entriesOf(client: Client): AsyncGenerator<Entry> {
  const { rows: tables } = await client.query<{ table: string }>(TABLES);
  for (const { table } of tables) {
    await client.query(`DECLARE reader NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS text FROM ${table} t`);
    for (;;) {
      const { rows } = await client.query<{ text: string }>(`FETCH ${ROWS_AT_ONCE} FROM reader`);
      for (const { text } of rows) yield { kind: 'row', name: table, text };
      if (rows.length < ROWS_AT_ONCE) break;
    }
    await client.query('CLOSE reader');
  }
  const { rows: sequences } = await client.query<{ name: string; value: string }>(SEQUENCES);
  for (const { name, value } of sequences) yield { kind: 'sequence', name, text: value };
}
