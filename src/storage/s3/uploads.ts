import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { ListMultipartUploadsCommand, type MultipartUpload, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { StorageError } from '../errors.ts';
import { abortedBy, Multipart, type UploadTarget } from './multipart.ts';
import { inPieces, md5, type Piece, piecesOf } from './pieces.ts';

/** Pieces of one file on their way at the same time: so many are in memory. */
const AT_ONCE = 2;

interface About {
  readonly type: string;
  readonly cache?: string;
}

export async function putBytes(target: UploadTarget, body: Uint8Array, { type, cache }: About): Promise<void> {
  const { client, bucket, key } = target;
  await client.send(
    new PutObjectCommand({
      ...{ Bucket: bucket, Key: key, ContentType: type, Body: body },
      ...{ ContentLength: body.length, ContentMD5: md5(body).base64 },
      ...(cache !== undefined && { CacheControl: cache }),
    }),
    abortedBy(target),
  );
}

/** What is too long for one piece goes in several; a stream that breaks off leaves nothing. */
export async function putStream(target: UploadTarget, stream: Readable, about: About): Promise<void> {
  const pieces = inPieces(stream)[Symbol.asyncIterator]();
  const onAbort = () => stream.destroy(target.signal?.reason);
  target.signal?.addEventListener('abort', onAbort, { once: true });
  let upload: Multipart | undefined;
  try {
    const first = await pieces.next();
    const second = first.done ? first : await pieces.next();
    if (first.done || second.done) return await putBytes(target, first.done ? new Uint8Array(0) : first.value, about);
    upload = await Multipart.create(target, about);
    await upload.piece(1, first.value);
    let count = 1;
    for (let next: IteratorResult<Uint8Array> = second; !next.done; next = await pieces.next()) {
      count += 1;
      await upload.piece(count, next.value);
    }
    await upload.complete(count);
  } catch (error) {
    stream.destroy();
    await upload?.abort().catch(() => {});
    throw error;
  } finally {
    target.signal?.removeEventListener('abort', onAbort);
  }
}

/** Taken up where an earlier attempt stopped, be it before a crash. What fails is left in the bucket for the next one. */
export async function putFile(target: UploadTarget, path: string, about: About): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const pieces = piecesOf(size);
    const read = async ({ start, bytes }: Piece) => {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(bytes), 0, bytes, start);
      if (bytesRead !== bytes) throw new StorageError('storage_failed', 'A file was cut while it was taken away.');
      return buffer;
    };
    const [only] = pieces;
    if (pieces.length === 1 && only) return await putBytes(target, await read(only), about);
    const upload = (await begun(target)) ?? (await Multipart.create(target, about));
    const waiting = [...pieces];
    const send = async () => {
      for (let piece = waiting.shift(); piece; piece = waiting.shift()) {
        await upload.piece(piece.number, await read(piece));
      }
    };
    const fail = (error: unknown) => {
      waiting.length = 0;
      throw error;
    };
    // All are over before the file is closed.
    const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => send().catch(fail)));
    for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
    await upload.complete(pieces.length);
  } finally {
    await file.close();
  }
}

/** The newest one of this key that is not over; older ones, of which nobody knows any more, are removed. */
async function begun(target: UploadTarget): Promise<Multipart | undefined> {
  const { client, bucket, key } = target;
  const uploads = (await openUploads(client, bucket, key)).filter(({ Key }) => Key === key);
  const [newest, ...others] = uploads.toSorted((a, b) => Number(b.Initiated ?? 0) - Number(a.Initiated ?? 0));
  for (const { UploadId } of others) if (UploadId !== undefined) await new Multipart(target, UploadId).abort();
  return newest && Multipart.resume(target, newest);
}

export async function openUploads(client: S3Client, bucket: string, prefix: string): Promise<MultipartUpload[]> {
  const found: MultipartUpload[] = [];
  let marker: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (;;) {
    const page = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...marker }));
    found.push(...(page.Uploads ?? []));
    if (!page.IsTruncated || page.NextKeyMarker === undefined) return found;
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
    marker = { KeyMarker, ...(UploadIdMarker !== undefined && { UploadIdMarker }) };
  }
}
