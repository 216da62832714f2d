import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RenditionRunPlace } from '#src/jobs/ports.ts';
import { renditionRunPrefix } from '#src/storage/keys.ts';
import type { JobContext } from '../job-kind.ts';

interface Publication extends RenditionRunPlace {
  /** Where manifest and files lie, as ffmpeg wrote them. */
  readonly folder: string;
  /** Of the files, in the order of ffmpeg's numbers: `480p`, `sound`. */
  readonly names: readonly string[];
}

export const MANIFEST = 'manifest.mpd';

/**
 * Puts all files, then the manifest that names them, beside what was made before: nobody is led here yet, and who watches
 * that goes on. Returns the bytes of each file.
 */
export async function publish(
  { recordingId, run, folder, names }: Publication,
  { storage, signal }: Pick<JobContext, 'storage' | 'signal'>,
): Promise<readonly number[]> {
  const prefix = renditionRunPrefix({ recordingId, run });
  const named = names.map((name) => `${name}.webm`);
  const bytes: number[] = [];
  for (const [index, name] of named.entries()) {
    const file = join(folder, `${index}.webm`);
    bytes.push((await stat(file)).size);
    await storage.put(prefix + name, { file }, { type: 'video/webm', signal });
  }
  const manifest = withNames(await readFile(join(folder, MANIFEST), 'utf8'), named);
  signal.throwIfAborted();
  await storage.put(prefix + MANIFEST, Buffer.from(manifest), { type: 'application/dash+xml' });
  return bytes;
}

/** `?v`: these bytes never change under this name. */
export function withNames(manifest: string, names: readonly string[]): string {
  return manifest.replace(/<BaseURL>(\d+)\.webm<\/BaseURL>/g, (found, index: string) => {
    const name = names[Number(index)];
    return name === undefined ? found : `<BaseURL>${name}?v=1</BaseURL>`;
  });
}
