import { realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { DataLock } from './data-lock.ts';
import { stopLeftoverPostgres } from './leftover-postgres.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { clearSocketFolder, ensureDataFolder, makeSocketFolder } from './postgres-folders.ts';
import { PostgresProcess } from './postgres-process.ts';
import { findUnprivileged, type Unprivileged } from './unprivileged.ts';

/** fsync and full_page_writes stay on, as they are by default: what was acknowledged survives a power cut. */
const SETTINGS = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '100', // a server with as many transcoders as it may start
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  io_method: 'sync', // no processes for reading ahead
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '', // the log has the time
  cluster_name: 'freshet',
};

const READY = 'database system is ready to accept connections';
const START_LIMIT_MS = 120_000; // recovery after a crash takes its time
const RESTART_PAUSE_MS = 500;

/** A Unix socket that nobody else can reach, hence no password. */
export interface EmbeddedConnection {
  readonly host: string;
  readonly user: string;
  readonly database: string;
}

interface EmbeddedOptions {
  readonly dataDir: string;
  readonly log: Log;
  /** Found out unless given. */
  readonly unprivileged?: Unprivileged;
}

interface Cluster {
  readonly postgres: string;
  readonly dataFolder: string;
  readonly socketFolder: string;
  readonly unprivileged: Unprivileged;
  readonly log: Log;
}

/** A PostgreSQL of our own: a child process on a folder inside `dataDir`, started again should it end by itself. */
export class EmbeddedPostgres {
  readonly connection: EmbeddedConnection;
  readonly #cluster: Cluster;
  readonly #lock: DataLock;
  readonly #kept: Promise<void>;
  #server: PostgresProcess;
  #closing: Promise<void> | undefined;

  /** Takes over the lock. */
  private constructor(cluster: Cluster, lock: DataLock, server: PostgresProcess) {
    this.connection = { host: cluster.socketFolder, user: 'freshet', database: 'postgres' };
    this.#cluster = cluster;
    this.#lock = lock;
    this.#server = server;
    this.#kept = this.#keepRunning();
  }

  /** Throws when another server uses `dataDir`, or with PostgreSQL's own words when it does not start. */
  static async start(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
    const lock = new DataLock(options.dataDir);
    try {
      const cluster = await prepareCluster(options);
      return new EmbeddedPostgres(cluster, lock, await startServer(cluster));
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /** Idempotent. Resolves once the database has stopped cleanly. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#server.stop();
    await this.#kept;
    await rm(this.#cluster.socketFolder, { recursive: true, force: true });
    this.#lock.close();
  }

  async #keepRunning(): Promise<void> {
    const { log } = this.#cluster;
    for (;;) {
      const reason = await this.#server.exited;
      if (this.#closing !== undefined) return;
      log.error({ reason }, 'PostgreSQL ended by itself');
      await delay(RESTART_PAUSE_MS);
      try {
        this.#server = await restartServer(this.#cluster);
      } catch (err) {
        log.error({ err }, 'PostgreSQL did not start again');
      }
      if (this.#closing !== undefined) await this.#server.stop();
    }
  }
}

async function prepareCluster(options: EmbeddedOptions): Promise<Cluster> {
  const { dataDir, log, unprivileged = findUnprivileged() } = options;
  const { initdb, postgres } = await findPostgresBinaries();
  const dataFolder = join(await realpath(dataDir), 'postgres');
  if (await stopLeftoverPostgres(dataFolder)) log.warn('stopped a PostgreSQL that a killed server left running');
  await ensureDataFolder({ dataFolder, initdb, unprivileged, log });
  return { postgres, dataFolder, socketFolder: await makeSocketFolder(dataFolder, unprivileged), unprivileged, log };
}

/** Processes of the one before may have outlived it. */
async function restartServer(cluster: Cluster): Promise<PostgresProcess> {
  await stopLeftoverPostgres(cluster.dataFolder);
  return await startServer(cluster);
}

async function startServer({
  postgres,
  dataFolder,
  socketFolder,
  unprivileged,
  log,
}: Cluster): Promise<PostgresProcess> {
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: socketFolder });
  const args = ['-D', dataFolder, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  await clearSocketFolder(socketFolder);
  const server = new PostgresProcess({ program: postgres, args, unprivileged, log });
  if (await server.says(READY, START_LIMIT_MS)) return server;
  await server.stop();
  throw server.failure('PostgreSQL did not start', await server.exited);
}
