import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, constants, copyFile, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StorageError } from './errors.ts';
import { checkedKey, checkedOwnPrefix, checkedPrefix, isKey, isLasting } from './keys.ts';
import type { ByteRange, PutOptions, Storage, StorageSource, StoredFacts, StoredObject } from './ports.ts';

const LEFTOVER_MS = 86_400_000;

/** Files below one folder, named by their keys. */
export class LocalStorage implements Storage {
  readonly name = 'the data folder';
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(key: string, source: StorageSource, { signal }: Pick<PutOptions, 'signal'> = {}): Promise<void> {
    const path = this.localFile(key);
    const part = join(dirname(path), `.${randomUUID()}.part`);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o750 });
      await write(part, source, signal);
      if (isLasting(key)) await sync(part);
      await rename(part, path);
      if (isLasting(key)) await sync(dirname(path));
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      throw explained(error, signal);
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable | undefined> {
    const file = await absentOr(() => open(this.localFile(key)));
    return file?.createReadStream(range && { start: range.start, end: range.end });
  }

  async head(key: string): Promise<StoredFacts | undefined> {
    const found = await absentOr(() => stat(this.localFile(key), { bigint: true }));
    if (!found?.isFile()) return undefined;
    const { size, mtime: modifiedAt, mtimeNs, ino } = found;
    const etag = `"${[size, mtimeNs, ino].map((part) => part.toString(36)).join('-')}"`;
    return { bytes: Number(size), modifiedAt, etag };
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    for await (const path of this.#files(checkedPrefix(prefix))) {
      const key = path.slice(this.#folder.length + 1);
      const found = isKey(key) ? await absentOr(() => stat(path)) : undefined;
      if (found) yield { key, bytes: found.size, modifiedAt: found.mtime };
    }
  }

  async delete(key: string): Promise<void> {
    await told(rm(this.localFile(key), { force: true }));
  }

  async deletePrefix(prefix: string): Promise<void> {
    await told(rm(join(this.#folder, checkedOwnPrefix(prefix)), { recursive: true, force: true }));
  }

  localFile(key: string): string {
    return join(this.#folder, checkedKey(key));
  }

  async check(): Promise<true | string> {
    const isUsable = await access(this.#folder, constants.R_OK | constants.W_OK).then(
      () => true as const,
      () => false,
    );
    return isUsable || 'the data folder can not be written to';
  }

  checkWriting(): Promise<true | string> {
    return this.check();
  }

  async removeLeftovers(now: Date): Promise<void> {
    for (const room of ['recordings/', 'live/']) {
      for await (const path of this.#files(room)) {
        if (!/^\.[0-9a-f-]{36}\.part$/.test(basename(path))) continue;
        const found = await absentOr(() => stat(path));
        if (found && now.getTime() - found.mtimeMs > LEFTOVER_MS) await told(rm(path, { force: true }));
      }
    }
  }

  close(): void {}

  async *#files(prefix: string): AsyncIterable<string> {
    const folder = join(this.#folder, prefix);
    const entries = (await absentOr(() => readdir(folder, { withFileTypes: true, recursive: true }))) ?? [];
    for (const entry of entries) if (entry.isFile()) yield join(entry.parentPath, entry.name);
  }
}

async function write(path: string, source: StorageSource, signal: AbortSignal | undefined): Promise<void> {
  const stopping = signal ? { signal } : {};
  if (source instanceof Uint8Array) return writeFile(path, source, { flag: 'wx', mode: 0o640, ...stopping });
  if (source instanceof Readable) {
    return pipeline(source, createWriteStream(path, { flags: 'wx', mode: 0o640 }), stopping);
  }
  return copyFile(source.file, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
}

/** A file, or the folder that names it, is there after a power cut too. */
async function sync(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function absentOr<T>(found: () => Promise<T>): Promise<T | undefined> {
  try {
    return await found();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw explained(error);
  }
}

async function told(done: Promise<void>): Promise<void> {
  await done.catch((error: unknown) => {
    throw explained(error);
  });
}

function explained(cause: unknown, signal?: AbortSignal): unknown {
  const code = codeOf(cause);
  // What broke off by itself, or was told to, is not the disk's doing.
  if (signal?.aborted || code === undefined || cause instanceof RangeError) return cause;
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new StorageError('storage_full', 'There is no room left on the disk.', { cause })
    : new StorageError('storage_failed', `The disk did not do its work (${code}).`, { cause });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
