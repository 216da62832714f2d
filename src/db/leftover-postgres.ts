import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SOCKET_FOLDER_PREFIX } from './postgres-folders.ts';

const run = promisify(execFile);

/** What is tried in turn on a PostgreSQL whose server is gone, and how long each may take. */
const STEPS = [
  { signal: 'SIGINT', waitMs: 5_000 }, // it disconnects its clients and stops cleanly
  { signal: 'SIGQUIT', waitMs: 2_000 }, // it stops at once; the next start recovers
  { signal: 'SIGKILL', waitMs: 2_000 },
] as const;

/**
 * Stops what a killed server left running on this data folder, and clears what would stand in the way of a new start.
 * The caller holds the folder's lock, hence any PostgreSQL found here has lost its server. Whether there was one.
 */
export async function stopLeftoverPostgres(folder: string): Promise<boolean> {
  const dataFolder = await realpath(folder).catch(() => undefined);
  if (dataFolder === undefined) return false;
  const postmaster = await readPostmaster(dataFolder);
  const running = () => processesOn(dataFolder, postmaster?.pid);
  const found = await running();
  let left = found;
  for (const { signal, waitMs } of STEPS) {
    // To a backend or an auxiliary process SIGINT means something else.
    const targets = signal === 'SIGINT' ? left.filter((pid) => pid === postmaster?.pid) : left;
    for (const pid of targets) sendSignal(pid, signal);
    const deadline = performance.now() + waitMs;
    while (left.length > 0 && performance.now() < deadline) {
      await delay(20);
      left = await running();
    }
  }
  if (left.length > 0) throw new Error(`a PostgreSQL left running on ${folder} does not stop: ${left.join(', ')}`);
  if (postmaster !== undefined) await clearTraces(dataFolder, postmaster);
  return found.length > 0;
}

interface Postmaster {
  readonly pid: number;
  readonly socketFolder: string;
}

/** postmaster.pid has the process id in its first line and the folder of the socket in its fifth. */
async function readPostmaster(dataFolder: string): Promise<Postmaster | undefined> {
  const lines = (await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  return Number.isSafeInteger(pid) && pid > 1 ? { pid, socketFolder: lines[4] ?? '' } : undefined;
}

async function clearTraces(dataFolder: string, { pid, socketFolder }: Postmaster): Promise<void> {
  if (basename(socketFolder).startsWith(SOCKET_FOLDER_PREFIX)) await rm(socketFolder, { recursive: true, force: true });
  // PostgreSQL itself sees through the file of a dead process, but takes another program with that id for its rival.
  if (sendSignal(pid, 0)) await rm(join(dataFolder, 'postmaster.pid'), { force: true });
}

/** Whether there is such a process and we may signal it. */
function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** A process id alone proves nothing: it may have come to mean another program. */
async function processesOn(dataFolder: string, postmasterPid: number | undefined): Promise<number[]> {
  if (process.platform !== 'linux') {
    return postmasterPid !== undefined && (await commandOf(postmasterPid)).includes(dataFolder) ? [postmasterPid] : [];
  }
  const pids = (await readdir('/proc')).map(Number).filter(Number.isSafeInteger);
  const isOurs = await Promise.all(pids.map((pid) => isPostgresOn(dataFolder, pid)));
  return pids.filter((_, index) => isOurs[index]);
}

async function commandOf(pid: number): Promise<string> {
  const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout;
}

/** Postmaster and backends alike work in the data folder; the postmaster's command line has it too. */
async function isPostgresOn(dataFolder: string, pid: number): Promise<boolean> {
  try {
    if ((await readFile(`/proc/${pid}/comm`, 'utf8')).trim() !== 'postgres') return false;
    if ((await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').includes(dataFolder)) return true;
    return (await readlink(`/proc/${pid}/cwd`)) === dataFolder;
  } catch {
    return false; // ended meanwhile, or another user's
  }
}
