import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** What rows say of files, wherever those are. */
export interface KeptBytes {
  readonly recordings: number;
  readonly renditions: number;
  /** Of recordings: still on this machine, though they belong into a bucket. */
  readonly waiting: number;
}

export interface StorageFigures {
  /** Without secrets. */
  readonly place: string;
  readonly isBucket: boolean;
  /** `ok`, or what is the matter. */
  readonly state: string;
  readonly bytes: {
    readonly recordings: number;
    readonly renditions: number;
    readonly live: number;
    readonly images: number;
    /** `null` where it does not tell. */
    readonly database: number | null;
  };
  readonly waitingBytes: number;
  /** Of the data folder; `null` where the system does not tell. */
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null;
}

interface FiguresOptions {
  readonly dataDir: string;
  readonly place: string;
  readonly isBucket: boolean;
  readonly state: () => Promise<string>;
  readonly kept: () => Promise<KeptBytes>;
  readonly databaseBytes: () => Promise<number | undefined>;
}

/** How much is kept, of what, and how much more there is room for. Files are counted where there are few of them. */
export async function storageFigures(options: FiguresOptions): Promise<StorageFigures> {
  const { dataDir, place, isBucket } = options;
  const [state, { recordings, renditions, waiting }, database, live, images, disk] = await Promise.all([
    options.state(),
    options.kept(),
    options.databaseBytes(),
    bytesBelow(join(dataDir, 'live')),
    bytesBelow(join(dataDir, 'images')),
    diskOf(dataDir),
  ]);
  const bytes = { recordings, renditions, live, images, database: database ?? null };
  return { place, isBucket, state, bytes, waitingBytes: isBucket ? waiting : 0, disk };
}

/** What is gone while it is counted counts nothing. */
export async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    bytes += await stat(join(entry.parentPath, entry.name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return bytes;
}

async function diskOf(folder: string): Promise<StorageFigures['disk']> {
  return statfs(folder).then(
    ({ bavail, blocks, bsize }) => ({ freeBytes: bavail * bsize, totalBytes: blocks * bsize }),
    () => null,
  );
}
