import type { OfferedAddresses } from './offered-addresses.ts';

/** What the server knows of itself and its machine. */
export interface ServerFacts {
  readonly offered: OfferedAddresses;
  readonly httpHost: string;
  readonly httpPort: number;
  /** An origin, where it is set. */
  readonly publicUrl?: string;
  readonly hasTurn: boolean;
  /** Each `ok`, or what is wrong with it. */
  readonly database: string;
  readonly media: string;
  readonly storage: string;
  readonly ffmpeg: FfmpegFacts;
  readonly machine: MachineFacts;
}

export interface FfmpegFacts {
  readonly path?: string;
  readonly version?: string;
  readonly encoders?: readonly string[];
  readonly problem?: string;
}

/** Absent is what this system does not tell. */
export interface MachineFacts {
  readonly dataDir: string;
  readonly freeBytes?: number | undefined;
  readonly openFilesLimit?: number | undefined;
  /** Of the send buffer of a media port: what the system grants, and what was asked for. */
  readonly sendBuffer?: { readonly grantedBytes: number; readonly wantedBytes: number } | undefined;
}
