import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { checkedKey, checkedOwnPrefix, checkedPrefix, isKey } from '../keys.ts';
import type { ByteRange, PutOptions, Storage, StorageSource, StoredFacts, StoredObject } from '../ports.ts';
import { Multipart } from './multipart.ts';
import type { S3Options } from './options.ts';
import { createS3Client } from './s3-client.ts';
import { explained, isAbsent, s3Problem } from './s3-errors.ts';
import { openUploads, putBytes, putFile, putStream } from './uploads.ts';

const LEFTOVER_MS = 86_400_000;
const DELETES_AT_ONCE = 8;
const ROOMS = ['recordings/', 'live/'] as const;

/** A bucket of any S3-compatible service. */
export class S3Storage implements Storage {
  readonly name: string;
  readonly #where: S3Options;
  readonly #client: S3Client;

  constructor(options: S3Options) {
    this.name = `the bucket ${options.bucket} at ${new URL(options.endpoint).host}`;
    this.#where = options;
    this.#client = createS3Client(options);
  }

  async put(key: string, source: StorageSource, { signal, ...about }: PutOptions): Promise<void> {
    const target = { client: this.#client, bucket: this.#where.bucket, key: checkedKey(key), signal };
    try {
      signal?.throwIfAborted();
      if (source instanceof Uint8Array) await putBytes(target, source, about);
      else if (source instanceof Readable) await putStream(target, source, about);
      else await putFile(target, source.file, about);
    } catch (error) {
      throw explained(error, this.#where, signal);
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable | undefined> {
    const Range = range && `bytes=${range.start}-${range.end}`;
    const { bucket: Bucket } = this.#where;
    const command = new GetObjectCommand({ Bucket, Key: checkedKey(key), ...(Range !== undefined && { Range }) });
    const found = await this.#absentOr(() => this.#client.send(command));
    return found?.Body instanceof Readable ? found.Body : undefined;
  }

  async head(key: string): Promise<StoredFacts | undefined> {
    const command = new HeadObjectCommand({ Bucket: this.#where.bucket, Key: checkedKey(key) });
    const found = await this.#absentOr(() => this.#client.send(command));
    if (!found) return undefined;
    const { ContentLength: bytes = 0, LastModified: modifiedAt = new Date(0), ETag } = found;
    return { bytes, modifiedAt, etag: ETag ?? `"${bytes}-${modifiedAt.getTime()}"` };
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    const Prefix = checkedPrefix(prefix);
    try {
      for await (const page of paginateListObjectsV2(
        { client: this.#client },
        { Bucket: this.#where.bucket, Prefix },
      )) {
        for (const { Key: key = '', Size: bytes = 0, LastModified: modifiedAt = new Date(0) } of page.Contents ?? []) {
          if (isKey(key)) yield { key, bytes, modifiedAt };
        }
      }
    } catch (error) {
      throw explained(error, this.#where);
    }
  }

  async delete(key: string): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.#where.bucket, Key: checkedKey(key) });
    await this.#absentOr(() => this.#client.send(command));
  }

  /** One by one: not every service takes many at once. Uploads on their way there are ended first. */
  async deletePrefix(prefix: string): Promise<void> {
    await this.#endUploads(checkedOwnPrefix(prefix), () => true);
    const keys = this.list(prefix)[Symbol.asyncIterator]();
    const work = async () => {
      for (let next = await keys.next(); !next.done; next = await keys.next()) await this.delete(next.value.key);
    };
    await Promise.all(Array.from({ length: DELETES_AT_ONCE }, work));
  }

  localFile(): undefined {
    return undefined;
  }

  async check(): Promise<true | string> {
    try {
      // Asking for the bucket alone is answered without a word of what is wrong.
      await this.#client.send(new ListObjectsV2Command({ Bucket: this.#where.bucket, MaxKeys: 1 }));
      return true;
    } catch (error) {
      return s3Problem(error, this.#where);
    }
  }

  /** Puts something there and removes it. */
  async checkWriting(): Promise<true | string> {
    const isThere = await this.check();
    if (isThere !== true) return isThere;
    const key = `live/start-check/${randomUUID()}`;
    try {
      await this.put(key, Buffer.from('Freshet may write here.'), { type: 'text/plain' });
      await this.delete(key);
      return true;
    } catch (error) {
      return error instanceof Error ? error.message : s3Problem(error, this.#where);
    }
  }

  async removeLeftovers(now: Date): Promise<void> {
    const isOld = (begun: Date | undefined) => begun !== undefined && now.getTime() - begun.getTime() > LEFTOVER_MS;
    for (const room of ROOMS) await this.#endUploads(room, isOld);
    for (const prefix of await this.#untouchedStreams(isOld)) await this.deletePrefix(prefix);
  }

  close(): void {
    this.#client.destroy();
  }

  /** A stream that is on has something written each few seconds. */
  async #untouchedStreams(isOld: (at: Date) => boolean): Promise<readonly string[]> {
    const isTouched = new Map<string, boolean>();
    for await (const { key, modifiedAt } of this.list('live/')) {
      const prefix = `${key.split('/').slice(0, 2).join('/')}/`;
      isTouched.set(prefix, isTouched.get(prefix) === true || !isOld(modifiedAt));
    }
    return [...isTouched].flatMap(([prefix, is]) => (is ? [] : [prefix]));
  }

  async #endUploads(prefix: string, isMeant: (begun: Date | undefined) => boolean): Promise<void> {
    const { bucket } = this.#where;
    try {
      for (const { Key: key, UploadId, Initiated } of await openUploads(this.#client, bucket, prefix)) {
        if (key === undefined || UploadId === undefined || !isMeant(Initiated)) continue;
        await new Multipart({ client: this.#client, bucket, key, signal: undefined }, UploadId).abort();
      }
    } catch (error) {
      throw explained(error, this.#where);
    }
  }

  async #absentOr<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw explained(error, this.#where);
    }
  }
}
