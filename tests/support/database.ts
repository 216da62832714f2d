import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ClientConfig } from 'pg';
import type { User } from '../../src/accounts/ports.ts';
import type { Channel, ChannelDraft } from '../../src/channels/ports.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { EmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { createLog } from '../../src/log.ts';

export const silentLog = createLog({ level: 'silent', pretty: false });

/** A folder of its own in the system's place for such; the caller removes it. */
export const newFolder = () => mkdtemp(join(tmpdir(), 'freshet-test-'));

/** One real PostgreSQL for a test file, with as many empty databases as its tests want. */
export class TestPostgres {
  readonly #server: EmbeddedPostgres;
  readonly #dataDir: string;

  private constructor(server: EmbeddedPostgres, dataDir: string) {
    this.#server = server;
    this.#dataDir = dataDir;
  }

  static async start(): Promise<TestPostgres> {
    const dataDir = await newFolder();
    return new TestPostgres(await EmbeddedPostgres.start({ dataDir, log: silentLog }), dataDir);
  }

  /** An empty database: no table, no migration. */
  async newDatabase(): Promise<ClientConfig & { database: string }> {
    const database = `test_${randomBytes(6).toString('hex')}`;
    await query(this.#server.connection, `CREATE DATABASE ${database}`);
    return { ...this.#server.connection, database };
  }

  /** A new database with all its tables, as a server with DATABASE_URL has it. */
  async open(): Promise<Database> {
    return await openDatabase({
      config: { dataDir: this.#dataDir, databaseUrl: urlOf(await this.newDatabase()) },
      log: silentLog,
    });
  }

  async close(): Promise<void> {
    await this.#server.close();
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}

export function urlOf({ host, user, database }: ClientConfig): string {
  return `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host ?? '')}`;
}

/** The rows of one statement, over a connection of its own. */
export async function query<Row extends object>(connection: ClientConfig, sql: string): Promise<Row[]> {
  const client = new Client(connection);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

export async function newOwner(db: Database, name = 'Ann'): Promise<User> {
  const owner = await db.users.createOwner({ name, passwordHash: '$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA' });
  if (owner === undefined) throw new Error('the database has an owner already');
  return owner;
}

export async function newChannel(
  db: Database,
  draft: Pick<ChannelDraft, 'slug' | 'ownerId'> & Partial<ChannelDraft>,
): Promise<Channel> {
  const defaults = { title: '', description: '', category: '', visibility: 'public' } as const;
  const channel = await db.channels.create({ ...defaults, ...draft });
  if (channel === undefined) throw new Error(`the slug ${draft.slug} is taken`);
  return channel;
}
