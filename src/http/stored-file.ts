import type { Context } from 'hono';
import { typeOfKey } from '../storage/keys.ts';
import type { Storage } from '../storage/ports.ts';
import { HttpError } from './errors.ts';
import { sendBytes } from './file-range.ts';

interface StoredFile {
  readonly key: string;
  /** Where the name does not say it. */
  readonly type?: string;
  readonly cache: string;
}

/**
 * A file out of the storage. It goes through the server also where it lies in a bucket: whoever may not see a channel
 * any more is refused at once, no address of it works by itself, and the bucket need not be reached from outside.
 */
export async function sendStored(c: Context, storage: Storage, { key, type, cache }: StoredFile): Promise<Response> {
  const facts = await storage.head(key);
  if (!facts) throw new HttpError('not_found', 'There is nothing here.');
  const { bytes, etag } = facts;
  return sendBytes(
    c,
    { bytes, etag, read: (range) => storage.read(key, range) },
    {
      'Content-Type': type ?? typeOfKey(key),
      'Cache-Control': cache,
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; sandbox",
    },
  );
}
