import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { JobRecord, RenditionRunPlace } from '#src/jobs/ports.ts';
import type { RecordingRecord } from '#src/recording/ports.ts';
import { RUNGS, rungsFor, sizeOf } from '#src/renditions/rungs.ts';
import { renditionRunPrefix } from '#src/storage/keys.ts';
import { JobFailure, NO_ROOM } from '../job-failure.ts';
import type { JobContext, JobKindRun } from '../job-kind.ts';
import { frameRateOf } from './frame-rate.ts';
import { type Ladder, ladderArgs, type SourcePart } from './ladder-args.ts';
import { checkWhole } from './made-whole.ts';
import { MANIFEST, publish } from './publish.ts';
import { fetchParts, largestSize } from './source.ts';

/** Of each part, to see how many pictures it has a second. */
const LOOKED_AT_SECONDS = 60;
/** Shares of the whole: looking, encoding, and the rest is putting. */
const LOOKED = 0.02;
const ENCODED = 0.97;
const SOUND_BPS = 100_000;

const detail = z.object({ rungs: z.array(z.object({ height: z.int(), bitrateBps: z.int() })).optional() });

/** A recording in several sizes of AV1 and Opus, as DASH. */
export const RENDITIONS_RUN: JobKindRun = {
  kind: 'renditions',
  concurrency: 1,
  async run(job, context) {
    const recording = await sourceOf(job, context);
    const parts = await fetchParts(recording, job, context);
    const ladder = await ladderOf(job, recording, parts, context);
    const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
    await checkRoom(context, ladder, seconds);
    const folder = join(context.workFolder, 'dash');
    await mkdir(folder);
    const { ffmpeg, signal, progress } = context;
    await ffmpeg.run({
      ...ladderArgs(parts, ladder),
      output: join(folder, MANIFEST),
      signal,
      onProgress: ({ seconds: done }) => progress(LOOKED + (ENCODED - LOOKED) * Math.min(1, done / seconds)),
    });
    await checkWhole(folder, MANIFEST);
    await putInPlace({ job, recording, ladder, folder, context });
  },
};

async function sourceOf({ recordingId }: JobRecord, { database }: JobContext): Promise<RecordingRecord> {
  const recording = recordingId === null ? undefined : await database.recordings.byId(recordingId);
  if (!recording) throw new JobFailure('there is no such recording', { isFinal: true });
  if (recording.state !== 'ready') throw new JobFailure('there is nothing in the recording', { isFinal: true });
  return recording;
}

async function ladderOf(
  job: JobRecord,
  recording: RecordingRecord,
  parts: readonly SourcePart[],
  context: JobContext,
): Promise<Ladder> {
  const { rungs: wanted = RUNGS } = detail.parse(job.detail);
  const { ffmpeg, database } = context;
  const hasSound = parts.some(({ hasAudio }) => hasAudio);
  const stream = recording.streamId === null ? undefined : await database.streams.byId(recording.streamId);
  const seen = { width: stream?.maxWidth ?? null, height: stream?.maxHeight ?? null };
  const hasPicture = parts.some(({ hasVideo }) => hasVideo);
  const frame = hasPicture ? largestSize([...recording.parts, seen]) : undefined;
  const shared = { hasSound, encoder: ffmpeg.videoEncoder };
  if (!frame) return { ...shared, framesPerSecond: 1, rungs: [] };
  const rungs = rungsFor(frame, wanted);
  if (rungs.length === 0)
    throw new JobFailure('every size asked for is above that of the recording', { isFinal: true });
  const top = rungs[0] ?? { height: frame.height };
  return { ...shared, frame: sizeOf(top, frame), rungs, framesPerSecond: await frameRate(parts, context) };
}

async function frameRate(parts: readonly SourcePart[], { ffmpeg, signal, progress }: JobContext): Promise<number> {
  let highest = 0;
  for (const { file, seconds } of parts.filter(({ hasVideo }) => hasVideo)) {
    let frames = 0;
    await ffmpeg.run({
      inputs: [{ file, options: ['-t', String(LOOKED_AT_SECONDS)] }],
      options: ['-map', '0:v:0', '-c', 'copy', '-f', 'null'],
      output: '-',
      signal,
      onProgress: (now) => {
        frames = now.frames;
      },
    });
    highest = Math.max(highest, frameRateOf(frames, Math.min(seconds, LOOKED_AT_SECONDS)));
  }
  progress(LOOKED);
  return highest;
}

/** Once where it is made, once where it is kept. */
async function checkRoom(
  { workFolder, reserveBytes }: Pick<JobContext, 'workFolder' | 'reserveBytes'>,
  { rungs }: Ladder,
  seconds: number,
): Promise<void> {
  const { bavail, bsize } = await statfs(workFolder);
  const bitrateBps = rungs.reduce((sum, rung) => sum + rung.bitrateBps, SOUND_BPS);
  if (bavail * bsize > (2 * seconds * bitrateBps) / 8 + reserveBytes) return;
  throw new JobFailure(NO_ROOM);
}

interface Encoded {
  readonly job: JobRecord;
  readonly recording: RecordingRecord;
  readonly ladder: Ladder;
  readonly folder: string;
  readonly context: JobContext;
}

async function putInPlace({ job, recording, ladder, folder, context }: Encoded): Promise<void> {
  const { frame, rungs, hasSound } = ladder;
  const run = `${job.id.slice(-8)}-${job.attempt}`;
  const place = { recordingId: recording.id, run };
  const names = [...rungs.map(({ height }) => `${height}p`), ...(hasSound ? ['sound'] : [])];
  try {
    if (!(await context.database.renditions.begin(place))) throw goneMeanwhile();
    const bytes = await publish({ ...place, folder, names }, context);
    const made = rungs.map((rung, index) => {
      const { width, height } = sizeOf(rung, frame ?? { width: 1, height: 1 });
      return { ...rung, width: Math.max(width, height), bytes: bytes[index] ?? 0 };
    });
    if (!(await context.database.renditions.replace(place, made))) throw goneMeanwhile();
  } catch (error) {
    await removeRun(place, context).catch((err: unknown) => context.log.warn({ err }, 'files were left behind'));
    throw error;
  }
}

function goneMeanwhile(): JobFailure {
  return new JobFailure('the recording was deleted meanwhile', { isFinal: true });
}

/** Unless it is shown already, whatever was said of that. */
async function removeRun(place: RenditionRunPlace, { storage, database }: JobContext): Promise<void> {
  const recording = await database.recordings.byId(place.recordingId);
  if (recording?.renditionsRun === place.run) return;
  await storage.deletePrefix(renditionRunPrefix(place));
  await database.renditions.forget(place);
}
