import { existsSync } from 'node:fs';
import { lchown, mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Log } from '../log.ts';
import { PostgresProcess } from './postgres-process.ts';
import type { Unprivileged } from './unprivileged.ts';

const UNFINISHED_PREFIX = 'postgres.unfinished-';
const SOCKET_FILE = '.s.PGSQL.5432';
const MAX_SOCKET_PATH_BYTES = 103; // macOS; Linux has 107

interface DataFolderOptions {
  readonly dataFolder: string;
  readonly initdb: string;
  readonly unprivileged: Unprivileged;
  readonly log: Log;
}

/**
 * Makes the folder of the database, if there is none. It appears whole or not at all: what a kill interrupts is thrown
 * away by the next call.
 */
export async function ensureDataFolder(options: DataFolderOptions): Promise<void> {
  const { dataFolder, unprivileged, log } = options;
  const parent = dirname(dataFolder);
  for (const name of await readdir(parent)) {
    // An initdb that outlived its server may still write there for a moment.
    if (name.startsWith(UNFINISHED_PREFIX))
      await rm(join(parent, name), { recursive: true, force: true, maxRetries: 9 });
  }
  if (existsSync(dataFolder)) return await giveTo(unprivileged, dataFolder);
  const unfinished = await mkdtemp(join(parent, UNFINISHED_PREFIX));
  await giveTo(unprivileged, unfinished);
  await runInitdb(options, unfinished);
  await rename(unfinished, dataFolder);
  await syncFolder(parent);
  log.info({ folder: dataFolder }, 'database made');
}

/** A folder that only the database's user can enter: beside the database, or elsewhere where that path would be too long. */
export async function makeSocketFolder(dataFolder: string, unprivileged: Unprivileged): Promise<string> {
  const beside = `${dataFolder}-socket`;
  const isShort = Buffer.byteLength(join(beside, SOCKET_FILE)) <= MAX_SOCKET_PATH_BYTES;
  if (isShort) await mkdir(beside, { recursive: true, mode: 0o700 });
  const folder = isShort ? beside : await mkdtemp(join(tmpdir(), 'freshet-'));
  await giveTo(unprivileged, folder);
  return folder;
}

/** Where process ids soon repeat, as in containers, PostgreSQL may take the lock file of its dead forerunner for a live one's. */
export async function clearSocketFolder(folder: string): Promise<void> {
  for (const name of [SOCKET_FILE, `${SOCKET_FILE}.lock`]) await rm(join(folder, name), { force: true });
}

async function runInitdb({ initdb, unprivileged, log }: DataFolderOptions, folder: string): Promise<void> {
  const args = [
    `--pgdata=${folder}`,
    '--username=freshet',
    '--auth=trust', // the socket's folder is what keeps others out
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ];
  const run = new PostgresProcess({ program: initdb, args, unprivileged, log });
  const outcome = await run.exited;
  if (outcome !== 'exit code 0') throw run.failure('the database could not be made', outcome);
}

/** The same database may be started as root in different ways: its files go to whoever it runs as this time. */
async function giveTo({ owner }: Unprivileged, folder: string): Promise<void> {
  const uid = owner?.uid ?? process.getuid?.();
  const gid = owner?.gid ?? process.getgid?.();
  if (uid === undefined || gid === undefined || (await stat(folder)).uid === uid) return;
  for (const entry of await readdir(folder, { recursive: true })) await lchown(join(folder, entry), uid, gid);
  // Last, so that a kill in between is made good by the next start.
  await lchown(folder, uid, gid);
}

/** Makes a rename in it durable. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}
