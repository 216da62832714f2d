import type { Readable } from 'node:stream';

/** Bytes at hand, bytes as they come, or a file that nobody changes meanwhile. */
export type StorageSource = Uint8Array | Readable | { readonly file: string };

export interface PutOptions {
  /** A media type. */
  readonly type: string;
  /** What caches outside may do with it, as `Cache-Control` says it. */
  readonly cache?: string;
  /** Ends it: nothing is kept then. */
  readonly signal?: AbortSignal;
}

/** Both ends belong to it, as in HTTP. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface StoredFacts {
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** A strong entity tag, quotes included: other bytes have another one. */
  readonly etag: string;
}

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

/**
 * Where finished files are kept: by key, whole or not at all. Keys are as `keys.ts` makes them; another one throws.
 * Whatever goes wrong outside is a `StorageError`.
 */
export interface Storage {
  /** For the log: where things are kept, without secrets. */
  readonly name: string;
  /** In place of what was there; until it is whole, that is what is read. */
  put(key: string, source: StorageSource, options: PutOptions): Promise<void>;
  /** Nothing where there is nothing. Who does not read to the end destroys the stream. */
  read(key: string, range?: ByteRange): Promise<Readable | undefined>;
  head(key: string): Promise<StoredFacts | undefined>;
  /** All that is below it, in no order. */
  list(prefix: string): AsyncIterable<StoredObject>;
  delete(key: string): Promise<void>;
  /** Everything of one recording or stream, or of a folder of it. */
  deletePrefix(prefix: string): Promise<void>;
  /** Its path on this machine where it has one, so that nothing need be copied; whether it is there is not said. */
  localFile(key: string): string | undefined;
  /** `true`, or what is the matter, in a sentence for the operator. Never rejects. */
  check(): Promise<true | string>;
  /** As `check`, and whether it takes what it is given. */
  checkWriting(): Promise<true | string>;
  /** What a crash left half written, and is older than a day, goes. */
  removeLeftovers(now: Date): Promise<void>;
  close(): void;
}
