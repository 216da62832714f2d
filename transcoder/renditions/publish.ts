import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { recordingPrefix } from '#src/storage/keys.ts';
import type { JobContext } from '../job-kind.ts';

interface Publication {
  readonly recordingId: string;
  /** Names these files: no other attempt has the same. */
  readonly run: string;
  /** Where manifest and files lie, as ffmpeg wrote them. */
  readonly folder: string;
  /** Of the files, in the order of ffmpeg's numbers: `480p`, `sound`. */
  readonly names: readonly string[];
}

export const MANIFEST = 'manifest.mpd';

/**
 * Puts all files, then the manifest that names them in place of an older one, and then removes what that one named:
 * there is no moment without. Returns the bytes of each file.
 */
export async function publish(
  { recordingId, run, folder, names }: Publication,
  { storage, signal }: Pick<JobContext, 'storage' | 'signal'>,
): Promise<readonly number[]> {
  const prefix = `${recordingPrefix(recordingId)}dash/`;
  const named = names.map((name) => `${run}-${name}.webm`);
  const bytes: number[] = [];
  for (const [index, name] of named.entries()) {
    const file = join(folder, `${index}.webm`);
    bytes.push((await stat(file)).size);
    await storage.put(prefix + name, { file }, { type: 'video/webm', signal });
  }
  const manifest = withNames(await readFile(join(folder, MANIFEST), 'utf8'), named);
  signal.throwIfAborted();
  await storage.put(prefix + MANIFEST, Buffer.from(manifest), { type: 'application/dash+xml' });
  await removeOthers(storage, prefix, new Set([...named, MANIFEST]));
  return bytes;
}

/** What was put before a job was given up. */
export async function withdraw(
  { recordingId, run }: Pick<Publication, 'recordingId' | 'run'>,
  storage: JobContext['storage'],
): Promise<void> {
  for await (const { key } of storage.list(`${recordingPrefix(recordingId)}dash/`)) {
    if (key.includes(`/dash/${run}-`)) await storage.delete(key);
  }
}

/** `?v`: these bytes never change under this name. */
export function withNames(manifest: string, names: readonly string[]): string {
  return manifest.replace(/<BaseURL>(\d+)\.webm<\/BaseURL>/g, (found, index: string) => {
    const name = names[Number(index)];
    return name === undefined ? found : `<BaseURL>${name}?v=1</BaseURL>`;
  });
}

async function removeOthers(storage: JobContext['storage'], prefix: string, kept: ReadonlySet<string>): Promise<void> {
  for await (const { key } of storage.list(prefix)) {
    if (!kept.has(key.slice(prefix.length))) await storage.delete(key);
  }
}
