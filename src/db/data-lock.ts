import { mkdirSync, writeFileSync } from 'node:fs';
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
    writeFileSync(file, '', { flag: 'a', mode: 0o600 });
    this.#holder = new DatabaseSync(file);
    try {
      this.#holder.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      this.#holder.close();
      throw new Error(`another Freshet is running on ${folder}: stop it, or give this one another DATA_DIR`, { cause });
    }
  }

  close(): void {
    if (this.#holder.isOpen) this.#holder.close();
  }
}
