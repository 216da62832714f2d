import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;
/** A killed server may take a moment to let go. */
const WAIT_MS = 1_000;

/**
 * Keeps a folder for one server. What holds the lock is the kernel's record lock that SQLite takes on a file: it dies
 * with its process, however that ends, so that there is no process id to mistake and nothing stale to clear up.
 */
export class DataLock {
  readonly #holder: DatabaseSync;

  /** Makes the folder where there is none. Throws when another server has it, or when it cannot be written. */
  constructor(folder: string) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o711 });
      this.#holder = lock(join(folder, 'lock'));
    } catch (cause) {
      throw new Error(explain(folder, cause), { cause });
    }
  }

  close(): void {
    if (this.#holder.isOpen) this.#holder.close();
  }
}

function explain(folder: string, cause: unknown): string {
  if (cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY) {
    return `another Freshet is running on ${folder}: stop it, or give this one another DATA_DIR`;
  }
  return `DATA_DIR ${folder} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`;
}

function lock(file: string): DatabaseSync {
  // A file that is there is not opened: closing it would drop the record locks this process has on it.
  if (!existsSync(file)) writeFileSync(file, '', { flag: 'ax', mode: 0o600 });
  const holder = new DatabaseSync(file, { timeout: WAIT_MS });
  try {
    holder.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return holder;
  } catch (error) {
    holder.close();
    throw error;
  }
}
