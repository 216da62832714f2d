import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { closing } from './matroska.ts';
import { scanMatroska } from './matroska-scan.ts';
import { writeError } from './part-writer.ts';
import type { RecordingPart } from './ports.ts';

export interface RepairedFile {
  readonly bytes: number;
  readonly durationMs: number;
}

/**
 * Ends a file that a crash left open: what is not whole is cut off, index and duration are put in. Once more does no
 * harm. `undefined` for what is none of our files, or has no picture and no sound: it is left as it is.
 */
export async function repairMatroska(path: string): Promise<RepairedFile | undefined> {
  const file = await open(path, 'r+');
  try {
    const scanned = await scanMatroska(async (at, length) => {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, at);
      return bytes.subarray(0, bytesRead);
    });
    if (!scanned || scanned.bytes === scanned.head.bytes.length) return undefined;
    const { append } = closing(scanned.head, scanned);
    await file.truncate(scanned.bytes);
    // A full disk may have no room for the index: without it players seek by looking.
    const isIndexed = await hasTaken(file, append, scanned.bytes);
    if (!isIndexed) await file.truncate(scanned.bytes);
    const { patches } = closing(scanned.head, isIndexed ? scanned : { ...scanned, cues: [] });
    for (const { at, bytes } of patches) await file.write(bytes, 0, bytes.length, at);
    await file.datasync();
    return { bytes: scanned.bytes + (isIndexed ? append.length : 0), durationMs: scanned.durationMs };
  } finally {
    await file.close();
  }
}

async function hasTaken(file: FileHandle, bytes: Uint8Array, at: number): Promise<boolean> {
  try {
    return (await file.write(bytes, 0, bytes.length, at)).bytesWritten === bytes.length;
  } catch (error) {
    if (writeError(error).code === 'disk_full') return false;
    throw error;
  }
}

/** Of these parts those with anything in them, ended. A file that is gone, or can not be opened, is none. */
export async function repairParts(folder: string, parts: readonly RecordingPart[]): Promise<RecordingPart[]> {
  const repaired = await Promise.all(
    parts.map(async (part) => {
      const found = await repairMatroska(join(folder, part.file)).catch(() => undefined);
      return found ? [{ ...part, ...found }] : [];
    }),
  );
  return repaired.flat();
}
