import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { JobFailure, NO_ROOM } from '../job-failure.ts';

const NO_ROOM_BYTES = 1 << 20;

/**
 * ffmpeg's DASH muxer ends well whatever became of its writes: on a full disk it leaves files that break off. Rejects
 * where the manifest is not whole, or a file is shorter than the manifest says.
 */
export async function checkWhole(folder: string, manifest: string): Promise<void> {
  const text = await readFile(join(folder, manifest), 'utf8');
  const named = [...text.matchAll(/<BaseURL>([^<]+)<\/BaseURL>.*?mediaRange="\d+-(\d+)" \/>\s*<\/SegmentList>/gs)];
  const areWhole = await Promise.all(
    named.map(async ([, name = '', last]) => (await stat(join(folder, name))).size > Number(last)),
  );
  if (text.trimEnd().endsWith('</MPD>') && named.length > 0 && areWhole.every(Boolean)) return;
  const { bavail, bsize } = await statfs(folder);
  throw new JobFailure(bavail * bsize < NO_ROOM_BYTES ? NO_ROOM : 'ffmpeg left its files unfinished');
}
