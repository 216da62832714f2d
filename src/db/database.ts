import { join } from 'node:path';
import { Client, type PoolConfig } from 'pg';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { DbApiTokens } from './api-tokens.ts';
import { DbChannels } from './channels.ts';
import { createClient, type DbClient } from './client.ts';
import { EmbeddedPostgres } from './embedded-postgres.ts';
import { JobQueue } from './job-queue.ts';
import { DbLoginSessions } from './login-sessions.ts';
import { migrate } from './migrate.ts';
import { DbStreamKeys } from './stream-keys.ts';
import { DbStreams } from './streams.ts';
import { DbUsers } from './users.ts';
import { DbWebhookDeliveries } from './webhook-deliveries.ts';
import { DbWebhooks } from './webhooks.ts';

const MIGRATIONS = join(import.meta.dirname, '../../prisma/migrations');
const CONNECT_LIMIT_MS = 5_000;

/** What is kept, a store for each kind. */
export class Database {
  readonly users: DbUsers;
  readonly loginSessions: DbLoginSessions;
  readonly apiTokens: DbApiTokens;
  readonly channels: DbChannels;
  readonly streamKeys: DbStreamKeys;
  readonly streams: DbStreams;
  readonly webhooks: DbWebhooks;
  readonly webhookDeliveries: DbWebhookDeliveries;
  readonly #jobs: JobQueue;
  readonly #client: DbClient;
  readonly #embedded: EmbeddedPostgres | undefined;
  #closing: Promise<void> | undefined;

  constructor({
    client,
    jobs,
    embedded,
  }: { client: DbClient; jobs: JobQueue; embedded: EmbeddedPostgres | undefined }) {
    this.users = new DbUsers(client);
    this.loginSessions = new DbLoginSessions(client);
    this.apiTokens = new DbApiTokens(client);
    this.channels = new DbChannels(client);
    this.streamKeys = new DbStreamKeys(client);
    this.streams = new DbStreams(client);
    this.webhooks = new DbWebhooks(client);
    this.webhookDeliveries = new DbWebhookDeliveries(client, jobs);
    this.#jobs = jobs;
    this.#client = client;
    this.#embedded = embedded;
  }

  /** Throws when the database does not answer. */
  async ping(): Promise<void> {
    await this.#client.$queryRaw`SELECT 1`;
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#jobs.close();
    await this.#client.$disconnect();
    await this.#embedded?.close();
  }
}

/** Starts the embedded PostgreSQL or connects to `databaseUrl`, and brings its tables up to date. */
export async function openDatabase(options: {
  config: Pick<Config, 'dataDir' | 'databaseUrl'>;
  log: Log;
}): Promise<Database> {
  const { dataDir, databaseUrl } = options.config;
  const log = options.log.child({ room: 'db' });
  const embedded = databaseUrl === undefined ? await EmbeddedPostgres.start({ dataDir, log }) : undefined;
  const connection: PoolConfig = {
    ...(embedded?.connection ?? { connectionString: databaseUrl }),
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
  };
  try {
    if (embedded === undefined) await checkReachable(connection);
    await migrate({ connection, folder: MIGRATIONS, log });
    const jobs = new JobQueue({ connection, log });
    return new Database({ client: createClient({ connection, log }), jobs, embedded });
  } catch (error) {
    await embedded?.close();
    throw error;
  }
}

/** Tells what is wrong without the URL, which holds a password. */
async function checkReachable(connection: PoolConfig): Promise<void> {
  const client = new Client(connection);
  try {
    await client.connect();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new Error(`cannot use the PostgreSQL of DATABASE_URL at ${client.host}:${client.port}: ${reason}`, { cause });
  }
  await client.end();
}
