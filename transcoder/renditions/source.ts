import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RecordingRecord } from '#src/recording/ports.ts';
import type { Size } from '#src/renditions/rungs.ts';
import { recordingPrefix } from '#src/storage/keys.ts';
import { JobFailure } from '../job-failure.ts';
import type { JobContext } from '../job-kind.ts';
import type { SourcePart } from './ladder-args.ts';

/** The parts of a recording as files of this machine: where they lie, or a copy of what lies elsewhere. */
export async function fetchParts(
  { id, parts }: RecordingRecord,
  { storage, workFolder, signal }: Pick<JobContext, 'storage' | 'workFolder' | 'signal'>,
): Promise<readonly SourcePart[]> {
  const whole = parts.filter(({ durationMs }) => durationMs > 0);
  const fetched: SourcePart[] = [];
  for (const { file: name, videoCodec, hasAudio, durationMs } of whole) {
    const key = recordingPrefix(id) + name;
    const own = storage.localFile(key);
    const file = own ?? join(workFolder, `source-${name}`);
    if (!(await storage.head(key))) throw new JobFailure('a file of the recording is missing', { isFinal: true });
    const bytes = own === undefined ? await storage.read(key) : undefined;
    if (bytes) await pipeline(bytes, createWriteStream(file), { signal });
    fetched.push({ file, hasVideo: videoCodec !== null, hasAudio, seconds: durationMs / 1000 });
  }
  return fetched;
}

/** The largest picture there is: a publisher may begin small. `undefined`: there is sound alone. */
export function largestSize(sizes: readonly { width: number | null; height: number | null }[]): Size | undefined {
  let largest: Size | undefined;
  for (const { width, height } of sizes) {
    if (width === null || height === null) continue;
    if (largest === undefined || width * height > largest.width * largest.height) largest = { width, height };
  }
  return largest;
}
