import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type MultipartUpload,
  paginateListParts,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { StorageError } from '../errors.ts';
import { md5 } from './pieces.ts';
import { isAbsent } from './s3-errors.ts';

export interface UploadTarget {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
  readonly signal: AbortSignal | undefined;
}

interface SentPiece {
  readonly number: number;
  readonly etag: string;
}

/** A file on its way into the bucket, piece by piece; nothing of it is seen there before `complete`. */
export class Multipart {
  readonly #target: UploadTarget;
  readonly #id: string;
  readonly #sent = new Map<number, SentPiece>();

  constructor(target: UploadTarget, id: string) {
    this.#target = target;
    this.#id = id;
  }

  static async create(target: UploadTarget, about: { type: string; cache?: string }): Promise<Multipart> {
    const { client, bucket, key } = target;
    const command = new CreateMultipartUploadCommand({
      ...{ Bucket: bucket, Key: key, ContentType: about.type },
      ...(about.cache !== undefined && { CacheControl: about.cache }),
    });
    const { UploadId } = await client.send(command, abortedBy(target));
    if (UploadId === undefined) throw new StorageError('storage_failed', 'The bucket began no upload.');
    return new Multipart(target, UploadId);
  }

  /** What the bucket has of one that an earlier attempt began. `undefined`: it is over. */
  static async resume(target: UploadTarget, { UploadId }: MultipartUpload): Promise<Multipart | undefined> {
    if (UploadId === undefined) return undefined;
    const upload = new Multipart(target, UploadId);
    const { client, bucket, key } = target;
    try {
      const pages = paginateListParts({ client }, { Bucket: bucket, Key: key, UploadId });
      for await (const { Parts } of pages) {
        for (const { PartNumber, ETag } of Parts ?? []) {
          if (PartNumber !== undefined && ETag !== undefined)
            upload.#sent.set(PartNumber, { number: PartNumber, etag: ETag });
        }
      }
      return upload;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** Whether it was already there is told by its digest: what was changed on the way is sent again. */
  async piece(number: number, body: Uint8Array): Promise<'sent' | 'there'> {
    const digest = md5(body);
    if (this.#sent.get(number)?.etag.replaceAll('"', '') === digest.hex) return 'there';
    const { client, bucket, key } = this.#target;
    const { ETag } = await client.send(
      new UploadPartCommand({
        ...{ Bucket: bucket, Key: key, UploadId: this.#id, PartNumber: number },
        ...{ Body: body, ContentLength: body.length, ContentMD5: digest.base64 },
      }),
      abortedBy(this.#target),
    );
    this.#sent.set(number, { number, etag: ETag ?? `"${digest.hex}"` });
    return 'sent';
  }

  async complete(count: number): Promise<void> {
    const { client, bucket, key } = this.#target;
    const pieces = [...this.#sent.values()].filter(({ number }) => number <= count);
    const Parts = pieces
      .toSorted((a, b) => a.number - b.number)
      .map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
    const command = new CompleteMultipartUploadCommand({
      ...{ Bucket: bucket, Key: key, UploadId: this.#id },
      MultipartUpload: { Parts },
    });
    await client.send(command, abortedBy(this.#target));
  }

  /** Its pieces cost room until then. One that is over is none. */
  async abort(): Promise<void> {
    const { client, bucket, key } = this.#target;
    const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: this.#id });
    await client.send(command).catch((error: unknown) => {
      if (!isAbsent(error)) throw error;
    });
  }
}

export function abortedBy({ signal }: Pick<UploadTarget, 'signal'>): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}
