import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStorage } from './local-storage.ts';
import type { Storage } from './ports.ts';

export interface StorageConfig {
  /** Absolute. */
  readonly dataDir: string;
}

/** Where this configuration keeps recordings, renditions and pictures: the server's and the transcoders' way to it. */
export async function openStorage({ dataDir }: StorageConfig): Promise<Storage> {
  for (const room of ['recordings', 'live']) await mkdir(join(dataDir, room), { recursive: true, mode: 0o750 });
  return new LocalStorage(dataDir);
}
