import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { STOPS } from './postgres-process.ts';

const run = promisify(execFile);

const PID_FILE = 'postmaster.pid';

/**
 * Stops what still runs on this data folder, and clears what would stand in the way of a new start. The caller holds the
 * folder's lock, hence any PostgreSQL found here has lost its server. Whether there was one.
 */
export async function stopLeftoverPostgres(folder: string): Promise<boolean> {
  const dataFolder = await realpath(folder).catch(() => undefined);
  if (dataFolder === undefined) return false;
  const postmasterPid = await readPostmasterPid(dataFolder);
  const running = () => processesOn(dataFolder, postmasterPid);
  const found = await running();
  let left = found;
  for (const { signal, waitMs } of STOPS) {
    // To a backend or an auxiliary process SIGINT means something else.
    const targets = signal === 'SIGINT' ? left.filter((pid) => pid === postmasterPid) : left;
    for (const pid of targets) sendSignal(pid, signal);
    const deadline = performance.now() + waitMs;
    while (left.length > 0 && performance.now() < deadline) {
      await delay(20);
      left = await running();
    }
  }
  if (left.length > 0) throw new Error(`a PostgreSQL left running on ${folder} does not stop: ${left.join(', ')}`);
  // PostgreSQL itself sees through the file of a dead process, but takes another program with that id for its rival.
  if (postmasterPid !== undefined && sendSignal(postmasterPid, 0)) {
    await rm(join(dataFolder, PID_FILE), { force: true });
  }
  return found.length > 0;
}

/** The process id is the first line of the file. */
async function readPostmasterPid(dataFolder: string): Promise<number | undefined> {
  const text = await readFile(join(dataFolder, PID_FILE), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
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
