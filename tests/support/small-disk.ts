import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { statfs, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const BLOCK_BYTES = 1 << 20;

/** Disks of their own are given to root alone, and by Linux. */
export const hasNoSmallDisk = process.platform !== 'linux' || process.getuid?.() !== 0 || !canMount();

/** A folder on a disk of its own, which is soon full: the system itself then says so. */
export class SmallDisk {
  readonly folder: string;

  constructor(folder: string, megabytes: number) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  /** Something else takes the room, but for so much. */
  async fillUpTo(leftBytes: number): Promise<void> {
    const takenBytes = (await this.freeBytes()) - leftBytes;
    const blocks = Array.from({ length: Math.floor(takenBytes / BLOCK_BYTES) }, () => Buffer.alloc(BLOCK_BYTES, 1));
    await writeFile(this.#ballast, [...blocks, Buffer.alloc(takenBytes % BLOCK_BYTES, 1)]);
  }

  async makeRoom(): Promise<void> {
    await unlink(this.#ballast);
  }

  close(): void {
    execFileSync('umount', ['--lazy', this.folder]);
  }
}

function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
