import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Keeps a folder for one server. What holds the lock is the kernel's record lock that SQLite takes on a file: it dies
 * with its process, however that ends, so that there is no process id to mistake and nothing stale to clear up.
 */
export class DataLock {
  readonly #holder: DatabaseSync;

  /** Throws when another server has the folder. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    const file = join(folder, 'lock');
    makePrivate(file);
    this.#holder = new DatabaseSync(file);
    try {
      this.#holder.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (cause) {
      this.#holder.close();
      throw new Error(`another Freshet is running on ${folder}: stop it, or give this one another DATA_DIR`, { cause });
    }
  }

  close(): void {
    if (this.#holder.isOpen) this.#holder.close();
  }
}

/** Never opens a file that is there: closing it would drop the record locks this process has on it. */
function makePrivate(file: string): void {
  if (!existsSync(file)) writeFileSync(file, '', { flag: 'ax', mode: 0o600 });
}
