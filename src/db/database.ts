import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client as PgClient, type PoolConfig } from 'pg';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { DbAnalytics } from './analytics.ts';
import { DbApiTokens } from './api-tokens.ts';
import { DbChannels } from './channels.ts';
import { DbChatBans } from './chat-bans.ts';
import { DbChatMessages } from './chat-messages.ts';
import { createClient } from './client.ts';
import { type Dump, openDump } from './dump.ts';
import { EmbeddedPostgres } from './embedded-postgres.ts';
import { JobQueue } from './job-queue.ts';
import { DbJobs } from './jobs.ts';
import { DbLoginSessions } from './login-sessions.ts';
import { migrate } from './migrate.ts';
import { DbModerators } from './moderators.ts';
import { DbOneTimeLinks } from './one-time-links.ts';
import type { DatabaseMeter, DatabaseReport } from './ports.ts';
import { DbRecordings } from './recordings.ts';
import { DbRenditions } from './renditions.ts';
import { findRunningPostgres } from './running-postgres.ts';
import { DbStreamKeys } from './stream-keys.ts';
import { DbStreams } from './streams.ts';
import { DbUsers } from './users.ts';
import { DbViewerTokens } from './viewer-tokens.ts';
import { DbWebhookDeliveries } from './webhook-deliveries.ts';
import { DbWebhooks } from './webhooks.ts';

export const MIGRATIONS = join(import.meta.dirname, '../../prisma/migrations');
const CONNECT_LIMIT_MS = 5_000;
const REPORT_LIMIT_MS = 2_000;

type Client = ReturnType<typeof createClient>;

/** What is kept, a store for each kind. */
export class Database {
  readonly users: DbUsers;
  readonly loginSessions: DbLoginSessions;
  readonly oneTimeLinks: DbOneTimeLinks;
  readonly apiTokens: DbApiTokens;
  readonly channels: DbChannels;
  readonly moderators: DbModerators;
  readonly streamKeys: DbStreamKeys;
  readonly viewerTokens: DbViewerTokens;
  readonly streams: DbStreams;
  readonly recordings: DbRecordings;
  readonly analytics: DbAnalytics;
  readonly webhooks: DbWebhooks;
  readonly webhookDeliveries: DbWebhookDeliveries;
  readonly chatMessages: DbChatMessages;
  readonly chatBans: DbChatBans;
  readonly jobs: DbJobs;
  readonly renditions: DbRenditions;
  readonly #queue: JobQueue;
  readonly #client: Client['client'];
  readonly #connections: Client['connections'];
  readonly #postgres: ReachedPostgres;
  #closing: Promise<void> | undefined;

  constructor({
    client: { client, connections },
    queue,
    postgres,
  }: { client: Client; queue: JobQueue; postgres: ReachedPostgres }) {
    this.users = new DbUsers(client);
    this.loginSessions = new DbLoginSessions(client);
    this.oneTimeLinks = new DbOneTimeLinks(client);
    this.apiTokens = new DbApiTokens(client);
    this.channels = new DbChannels(client);
    this.moderators = new DbModerators(client);
    this.streamKeys = new DbStreamKeys(client);
    this.viewerTokens = new DbViewerTokens(client);
    this.streams = new DbStreams(client);
    this.recordings = new DbRecordings(client);
    this.analytics = new DbAnalytics(client);
    this.webhooks = new DbWebhooks(client);
    this.webhookDeliveries = new DbWebhookDeliveries(client, queue);
    this.chatMessages = new DbChatMessages(client);
    this.chatBans = new DbChatBans(client);
    this.jobs = new DbJobs(client, queue);
    this.renditions = new DbRenditions(client);
    this.#queue = queue;
    this.#client = client;
    this.#connections = connections;
    this.#postgres = postgres;
  }

  /** How other processes of this machine reach it. */
  get url(): string {
    return urlOf(this.#postgres.connection);
  }

  /** Throws when the database does not answer. */
  async ping(): Promise<void> {
    await this.#client.$queryRaw`SELECT 1`;
  }

  /** All that it keeps, for a backup. */
  dump(): Promise<Dump> {
    return openDump(this.#postgres.connection);
  }

  /** Never rejects, and never takes long. */
  async report(): Promise<DatabaseReport> {
    const tooLate = setTimeout(REPORT_LIMIT_MS, undefined, { ref: false });
    const stored = await Promise.race([this.#stored(), tooLate]).catch(() => undefined);
    return { connections: this.#connections(), stored };
  }

  async #stored(): Promise<DatabaseReport['stored']> {
    const [size, queues] = await Promise.all([
      this.#client.$queryRaw<{ bytes: bigint }[]>`SELECT pg_database_size(current_database()) AS bytes`,
      this.#queue.report(),
    ]);
    return { bytes: Number(size[0]?.bytes ?? 0), queues };
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#queue.close();
    await this.#client.$disconnect();
    await this.#postgres.embedded?.close();
  }
}

interface DatabaseOptions {
  readonly config: Pick<Config, 'dataDir' | 'databaseUrl'>;
  readonly log: Log;
  readonly meter?: DatabaseMeter;
}

/** Starts the embedded PostgreSQL or connects to `databaseUrl`, and brings its tables up to date. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const log = options.log.child({ room: 'db' });
  return await open(await reachPostgres({ ...options, log }), { ...options, log });
}

const TRANSCODER = { poolSize: 3, superviseSeconds: 5 } as const;

/** As `openDatabase`, but an embedded PostgreSQL is that of the server that runs on `dataDir`. */
export async function joinDatabase(options: DatabaseOptions): Promise<Database> {
  const log = options.log.child({ room: 'db' });
  const { dataDir, databaseUrl } = options.config;
  const joined = databaseUrl ?? urlOf(await findRunningPostgres(dataDir));
  const postgres = await reachPostgres({ config: { dataDir, databaseUrl: joined }, log });
  return await open(postgres, { ...options, log, ...TRANSCODER });
}

async function open(
  postgres: ReachedPostgres,
  { log, meter, poolSize, superviseSeconds }: DatabaseOptions & { poolSize?: number; superviseSeconds?: number },
): Promise<Database> {
  const { connection } = postgres;
  try {
    await migrate({ connection, folder: MIGRATIONS, log });
    const queue = new JobQueue({ connection, log, meter, superviseSeconds });
    const isDirect = postgres.embedded !== undefined;
    return new Database({ client: createClient({ connection, log, meter, isDirect, poolSize }), queue, postgres });
  } catch (error) {
    await postgres.embedded?.close();
    throw error;
  }
}

function urlOf({ connectionString, host = '', user = '', database = '' }: PoolConfig): string {
  return connectionString ?? `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}`;
}

interface ReachedPostgres {
  readonly connection: PoolConfig;
  /** The caller closes it. */
  readonly embedded: EmbeddedPostgres | undefined;
}

/** The embedded PostgreSQL, started, or that of `databaseUrl`; its tables as they are. */
export async function reachPostgres(options: {
  config: Pick<Config, 'dataDir' | 'databaseUrl'>;
  log: Log;
}): Promise<ReachedPostgres> {
  const { dataDir, databaseUrl } = options.config;
  const embedded = databaseUrl === undefined ? await EmbeddedPostgres.start({ dataDir, log: options.log }) : undefined;
  const connection: PoolConfig = {
    ...(embedded?.connection ?? { connectionString: databaseUrl }),
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
  };
  if (embedded === undefined) await checkReachable(connection);
  return { connection, embedded };
}

/** Tells what is wrong without the URL, which holds a password. */
async function checkReachable(connection: PoolConfig): Promise<void> {
  const client = new PgClient(connection);
  try {
    await client.connect();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new Error(`cannot use the PostgreSQL of DATABASE_URL at ${client.host}:${client.port}: ${reason}`, { cause });
  }
  await client.end();
}
