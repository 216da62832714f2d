import { existsSync } from 'node:fs';
import { lchown, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Log } from '../log.ts';
import { PostgresProcess } from './postgres-process.ts';
import type { Unprivileged } from './unprivileged.ts';

export const SOCKET_FOLDER_PREFIX = 'freshet-pg-';

const UNFINISHED_PREFIX = 'postgres.unfinished-';
/** A socket's path may have 107 bytes; this leaves room for the folder and the file in it. */
const MAX_TMPDIR_BYTES = 70;

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
    if (name.startsWith(UNFINISHED_PREFIX)) await rm(join(parent, name), { recursive: true, force: true });
  }
  if (existsSync(dataFolder)) return await giveTo(unprivileged, dataFolder);
  const unfinished = await mkdtemp(join(parent, UNFINISHED_PREFIX));
  await giveTo(unprivileged, unfinished);
  await runInitdb(options, unfinished);
  await rename(unfinished, dataFolder);
  await syncFolder(parent);
  log.info({ folder: dataFolder }, 'database made');
}

/** A fresh folder that only the database's user can enter, with a path short enough for a socket. */
export async function makeSocketFolder(unprivileged: Unprivileged): Promise<string> {
  const parent = Buffer.byteLength(tmpdir()) > MAX_TMPDIR_BYTES ? '/tmp' : tmpdir();
  const folder = await mkdtemp(join(parent, SOCKET_FOLDER_PREFIX));
  await giveTo(unprivileged, folder);
  return folder;
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
