import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { StorageError } from './errors.ts';
import { isLasting, typeOfKey } from './keys.ts';
import type { LocalStorage } from './local-storage.ts';
import type { ByteRange, PutOptions, Storage, StorageSource, StoredFacts, StoredObject } from './ports.ts';

/** What became of a file of this machine that belongs elsewhere; `gone`: it is nowhere. */
export type Moved = 'moved' | 'gone';

/**
 * A bucket, and before it the folder of this machine: what is written there with its key is found by it, and moved into
 * the bucket when it is done. What only lives as long as a stream stays in the folder: a bucket wants money for each file
 * and time for each look, and there are several of both a second. Only who is on another machine than the server
 * (`isElsewhere`) has nowhere else to put it.
 */
export class TieredStorage implements Storage {
  readonly name: string;
  readonly #local: LocalStorage;
  readonly #bucket: Storage;
  readonly #isElsewhere: boolean;

  constructor({ local, bucket, isElsewhere = false }: { local: LocalStorage; bucket: Storage; isElsewhere?: boolean }) {
    this.name = bucket.name;
    this.#local = local;
    this.#bucket = bucket;
    this.#isElsewhere = isElsewhere;
  }

  put(key: string, source: StorageSource, options: PutOptions): Promise<void> {
    return (this.#staysHere(key) ? this.#local : this.#bucket).put(key, source, options);
  }

  async read(key: string, range?: ByteRange): Promise<Readable | undefined> {
    return (await this.#local.read(key, range)) ?? this.#bucket.read(key, range);
  }

  async head(key: string): Promise<StoredFacts | undefined> {
    return (await this.#local.head(key)) ?? this.#bucket.head(key);
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    const here = new Set<string>();
    for await (const one of this.#local.list(prefix)) {
      here.add(one.key);
      yield one;
    }
    for await (const one of this.#bucket.list(prefix)) if (!here.has(one.key)) yield one;
  }

  async delete(key: string): Promise<void> {
    await this.#local.delete(key);
    if (!this.#staysHere(key)) await this.#bucket.delete(key);
  }

  async deletePrefix(prefix: string): Promise<void> {
    await this.#local.deletePrefix(prefix);
    await this.#bucket.deletePrefix(prefix);
  }

  localFile(key: string): string | undefined {
    const path = this.#local.localFile(key);
    return this.#staysHere(key) || existsSync(path) ? path : undefined;
  }

  async check(): Promise<true | string> {
    const here = await this.#local.check();
    return here === true ? this.#bucket.check() : here;
  }

  async checkWriting(): Promise<true | string> {
    const here = await this.#local.checkWriting();
    return here === true ? this.#bucket.checkWriting() : here;
  }

  async removeLeftovers(now: Date): Promise<void> {
    await this.#local.removeLeftovers(now);
    await this.#bucket.removeLeftovers(now);
  }

  close(): void {
    this.#bucket.close();
  }

  /** Takes a file that nobody writes to any more into the bucket; the copy here goes once the bucket has all of it. */
  async moveOut(key: string, signal?: AbortSignal): Promise<Moved> {
    const here = await this.#local.head(key);
    const there = await this.#bucket.head(key);
    if (!here) return there ? 'moved' : 'gone';
    if (there?.bytes !== here.bytes) {
      const file = this.#local.localFile(key);
      await this.#bucket.put(key, { file }, { type: typeOfKey(key), ...(signal && { signal }) });
      const kept = await this.#bucket.head(key);
      if (kept?.bytes !== here.bytes)
        throw new StorageError('storage_failed', 'The bucket has another file than it got.');
    }
    await this.#local.delete(key);
    return 'moved';
  }

  #staysHere(key: string): boolean {
    return !this.#isElsewhere && !isLasting(key);
  }
}
