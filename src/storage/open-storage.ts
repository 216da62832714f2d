import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStorage } from './local-storage.ts';
import type { Storage } from './ports.ts';
import type { S3Options } from './s3/options.ts';
import { S3Storage } from './s3/s3-storage.ts';
import { TieredStorage } from './tiered-storage.ts';

export interface StorageConfig {
  /** Absolute. */
  readonly dataDir: string;
  readonly s3?: S3Options | undefined;
  /** Not beside the server: what is made of live streams has to go where the server finds it. */
  readonly isElsewhere?: boolean;
}

/**
 * What is left of streams that a former server of this folder had live. For a server alone, before it has any: with its
 * process its streams were over.
 */
export async function forgetFormerStreams(dataDir: string): Promise<void> {
  await rm(join(dataDir, 'live'), { recursive: true, force: true });
}

/** Where this configuration keeps recordings, renditions and pictures: the server's and the transcoders' way to it. */
export async function openStorage({ dataDir, s3, isElsewhere = false }: StorageConfig): Promise<Storage> {
  for (const room of ['recordings', 'live']) await mkdir(join(dataDir, room), { recursive: true, mode: 0o750 });
  const local = new LocalStorage(dataDir);
  return s3 ? new TieredStorage({ local, bucket: new S3Storage(s3), isElsewhere }) : local;
}
