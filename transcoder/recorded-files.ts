import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { JobRecord } from '#src/jobs/ports.ts';
import type { RecordingPart, RecordingRecord } from '#src/recording/ports.ts';
import { recordingPrefix } from '#src/storage/keys.ts';
import { JobFailure, NotYet } from './job-failure.ts';
import type { JobContext } from './job-kind.ts';

/** Some forty minutes, a quarter of a minute each. */
const MOST_LOOKS = 160;

export type FileMeans = Pick<JobContext, 'storage' | 'workFolder' | 'signal' | 'isElsewhere'>;

/**
 * A part of a recording as a file of this machine, since ffmpeg has to seek in it: where it lies, or a copy of what lies in
 * the bucket. Its server takes it there once somebody who is elsewhere asked for it in vain.
 */
export async function fetchPart(
  { id }: Pick<RecordingRecord, 'id'>,
  { file: name }: Pick<RecordingPart, 'file'>,
  { attempt, means }: { readonly attempt: JobRecord['attempt']; readonly means: FileMeans },
): Promise<string> {
  const { storage, workFolder, signal, isElsewhere } = means;
  const key = recordingPrefix(id) + name;
  if (!(await storage.head(key))) {
    if (isElsewhere && attempt < MOST_LOOKS) throw new NotYet('the recording is not in the bucket yet');
    throw new JobFailure('a file of the recording is missing', { isFinal: true });
  }
  const own = storage.localFile(key);
  if (own !== undefined) return own;
  const bytes = await storage.read(key);
  if (!bytes) throw new JobFailure('a file of the recording is missing', { isFinal: true });
  const file = join(workFolder, `source-${name}`);
  await pipeline(bytes, createWriteStream(file), { signal });
  return file;
}
