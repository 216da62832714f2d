import type { JobRecord } from '#src/jobs/ports.ts';
import type { RecordingRecord } from '#src/recording/ports.ts';
import type { Size } from '#src/renditions/rungs.ts';
import { type FileMeans, fetchPart } from '../recorded-files.ts';
import type { SourcePart } from './ladder-args.ts';

/** What is whole of a recording, as files of this machine. */
export async function fetchParts(
  recording: RecordingRecord,
  { attempt }: Pick<JobRecord, 'attempt'>,
  means: FileMeans,
): Promise<readonly SourcePart[]> {
  const fetched: SourcePart[] = [];
  for (const part of recording.parts.filter(({ durationMs }) => durationMs > 0)) {
    const file = await fetchPart(recording, part, { attempt, means });
    const { videoCodec, hasAudio, durationMs } = part;
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
