/** What is kept on the server, and how much more there is room for. */
import type { Calls } from './call.ts';

export interface StorageFigures {
  readonly place: string;
  /** `ok`, or what is the matter, in a sentence. */
  readonly state: string;
  readonly isBucket: boolean;
  readonly bytes: {
    readonly recordings: number;
    readonly renditions: number;
    readonly live: number;
    readonly images: number;
    readonly database: number | null;
  };
  /** Of recordings that have yet to go into the bucket. */
  readonly waitingBytes: number;
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null;
}

export function storageApi({ call }: Calls) {
  return {
    storage: () => call<StorageFigures>('GET', '/storage'),
  };
}
