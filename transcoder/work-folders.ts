import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DataLock } from '#src/db/data-lock.ts';

/** Where a transcoder keeps what is half done. */
export class WorkFolders {
  readonly #folder: string;
  readonly #lock: DataLock;

  private constructor(folder: string, lock: DataLock) {
    this.#folder = folder;
    this.#lock = lock;
  }

  /** One more transcoder below `parent`. What killed ones left there goes, and so does their ffmpeg. */
  static async open(parent: string): Promise<WorkFolders> {
    const folder = join(resolve(parent), randomUUID());
    const lock = new DataLock(folder);
    for (const name of await readdir(parent)) await removeLeftover(join(resolve(parent), name));
    return new WorkFolders(folder, lock);
  }

  async make(name: string): Promise<string> {
    const folder = join(this.#folder, name);
    await mkdir(folder, { mode: 0o750 });
    return folder;
  }

  async remove(folder: string): Promise<void> {
    // What was killed may write its last.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async close(): Promise<void> {
    this.#lock.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function removeLeftover(folder: string): Promise<void> {
  try {
    const lock = new DataLock(folder);
    await killWhoNames(folder);
    lock.close();
    await rm(folder, { recursive: true, force: true });
  } catch {
    // It is somebody's, or no folder: another time.
  }
}

/** Only Linux tells; elsewhere they end by themselves, and write where nobody looks. */
async function killWhoNames(folder: string): Promise<void> {
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.split('\0').some((word) => word.startsWith(`${folder}/`))) process.kill(Number(pid), 'SIGKILL');
  }
}
