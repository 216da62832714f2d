import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Entry } from './ports.ts';

/** What DATA_DIR keeps beside the database and can not be made again: the key of sealed secrets, and pictures. */
const KEY = 'secrets.key';
const FOLDERS = ['images'] as const;
const PARTS: readonly string[] = [KEY, ...FOLDERS];

export async function* readFiles(dataDir: string): AsyncGenerator<Entry> {
  const found = await Promise.all(FOLDERS.map((folder) => filesIn(dataDir, folder)));
  for (const name of [KEY, ...found.flat()]) {
    const bytes = await readFile(join(dataDir, name)).catch(ignoreMissing);
    if (bytes) yield { kind: 'file', name, text: bytes.toString('base64') };
  }
}

async function filesIn(dataDir: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(dataDir, folder), { recursive: true, withFileTypes: true }).catch(ignoreMissing);
  return (entries ?? [])
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dataDir.length + 1));
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

/** Files of a backup on their way into DATA_DIR: written aside, and put in place of what is there at once. */
export class IncomingFiles {
  readonly #dataDir: string;
  readonly #aside: string;
  readonly #replaced: string[] = [];

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.#aside = join(dataDir, 'restoring');
  }

  /** What an earlier attempt left is no part of this one. */
  async open(): Promise<void> {
    await rm(this.#aside, { recursive: true, force: true });
    for (const side of ['new', 'old']) await mkdir(join(this.#aside, side), { recursive: true, mode: 0o700 });
  }

  async write({ name, text }: Entry): Promise<void> {
    const parts = name.split('/');
    if (!PARTS.includes(parts[0] ?? '') || parts.some((part) => !/^[\w-][\w.-]*$/.test(part))) {
      throw new Error(`the backup has a file ${name}, which no backup has`);
    }
    const path = join(this.#aside, 'new', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, Buffer.from(text, 'base64'), { mode: 0o600, flush: true });
  }

  async putInPlace(): Promise<void> {
    for (const part of PARTS) {
      await rename(join(this.#dataDir, part), join(this.#aside, 'old', part)).catch(ignoreMissing);
      this.#replaced.push(part);
      await rename(join(this.#aside, 'new', part), join(this.#dataDir, part)).catch(ignoreMissing);
    }
  }

  /** Undoes `putInPlace`, as far as it came. */
  async takeBack(): Promise<void> {
    for (const part of this.#replaced.splice(0)) {
      await rename(join(this.#dataDir, part), join(this.#aside, 'new', part)).catch(ignoreMissing);
      await rename(join(this.#aside, 'old', part), join(this.#dataDir, part)).catch(ignoreMissing);
    }
  }

  async close(): Promise<void> {
    await rm(this.#aside, { recursive: true, force: true });
  }
}
