import { type FileHandle, open } from 'node:fs/promises';
import type { Patch } from './matroska.ts';

/** A disk that is behind by more does not keep up. */
const MAX_QUEUED_BYTES = 32 << 20;

export type WriteProblem = 'disk_full' | 'disk_slow' | 'disk_failed';

export class WriteError extends Error {
  readonly code: WriteProblem;

  constructor(code: WriteProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WriteError';
    this.code = code;
  }
}

/** One file that is written from front to back by a queue of its own: nobody waits for the disk. */
export class PartWriter {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #onError: (error: WriteError) => void;
  #tail: Promise<void> = Promise.resolve();
  #queuedBytes = 0;
  #at = 0;
  #failure: WriteError | undefined;

  private constructor(path: string, file: FileHandle, onError: (error: WriteError) => void) {
    this.path = path;
    this.#file = file;
    this.#onError = onError;
  }

  /** A file that is there already is not touched: it throws. `onError` is called once, and nothing more is written. */
  static async create(path: string, onError: (error: WriteError) => void): Promise<PartWriter> {
    const file = await open(path, 'wx', 0o640).catch((error: unknown) => {
      throw writeError(error);
    });
    return new PartWriter(path, file, onError);
  }

  /** Of what is on disk for certain. */
  get bytes(): number {
    return this.#at;
  }

  append(bytes: Uint8Array): void {
    if (this.#failure || bytes.length === 0) return;
    this.#queuedBytes += bytes.length;
    if (this.#queuedBytes > MAX_QUEUED_BYTES) {
      this.#fail(new WriteError('disk_slow', 'the disk does not keep up with the stream'));
      return;
    }
    this.#tail = this.#tail.then(() => this.#write(bytes));
  }

  /** Resolves when all of it is on disk. After a failure the file ends where its last whole append did. */
  async close(patches: readonly Patch[]): Promise<void> {
    await this.#tail;
    try {
      if (this.#failure) await this.#file.truncate(this.#at);
      else await this.#patch(patches);
    } catch (error) {
      this.#fail(writeError(error));
    } finally {
      await this.#file.close();
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#failure) return;
    try {
      await this.#writeAll(bytes, this.#at);
      this.#at += bytes.length;
    } catch (error) {
      this.#fail(writeError(error));
    }
    this.#queuedBytes -= bytes.length;
  }

  async #patch(patches: readonly Patch[]): Promise<void> {
    for (const { at, bytes } of patches) await this.#writeAll(bytes, at);
    await this.#file.datasync();
  }

  async #writeAll(bytes: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  }

  #fail(error: WriteError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#onError(error);
  }
}

export function writeError(error: unknown): WriteError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return new WriteError('disk_full', 'the disk is full', { cause: error });
  return new WriteError('disk_failed', error instanceof Error ? error.message : String(error), { cause: error });
}
