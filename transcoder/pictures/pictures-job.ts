import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRecord } from '#src/jobs/ports.ts';
import type { RecordingRecord } from '#src/recording/ports.ts';
import { recordingPrefix } from '#src/storage/keys.ts';
import type { Ffmpeg } from '../ffmpeg.ts';
import { JobFailure } from '../job-failure.ts';
import type { JobContext, JobKindRun } from '../job-kind.ts';
import { type FileMeans, fetchPart } from '../recorded-files.ts';
import { sheetArgs, type TileSize, tileArgs } from './picture-args.ts';
import { makePoster } from './poster.ts';
import { gridOf, type Stretch, spriteVtt, type Tile, tileSize, tilesOf } from './sprite.ts';

const TILE_MS = 20_000;
const CACHE = 'no-cache';

export const PICTURES_RUN: JobKindRun = { kind: 'pictures', concurrency: 1, run: makePictures };

/** Poster and sprite of a recording; one of sound alone has none. */
async function makePictures(job: JobRecord, context: JobContext): Promise<void> {
  const { database, storage, signal } = context;
  const recording = job.recordingId === null ? undefined : await database.recordings.byId(job.recordingId);
  if (!recording) throw new JobFailure('the recording is gone', { isFinal: true });
  const stretches = await stretchesOf(recording, job, context);
  if (stretches.length === 0) return;
  const made = await picturesOf(recording, stretches, context);
  const prefix = recordingPrefix(recording.id);
  const webp = { type: 'image/webp', cache: CACHE, signal };
  await storage.put(`${prefix}poster.webp`, { file: made.poster }, webp);
  await storage.put(`${prefix}sprite.webp`, { file: made.sheet }, webp);
  await storage.put(`${prefix}sprite.vtt`, Buffer.from(made.vtt), {
    type: 'text/vtt; charset=utf-8',
    cache: CACHE,
    signal,
  });
  if (!(await database.recordings.picturesMade(recording.id, new Date()))) await storage.deletePrefix(prefix);
}

type Means = Pick<JobContext, 'ffmpeg' | 'signal' | 'workFolder' | 'progress' | 'log'>;

export async function picturesOf(
  { parts }: Pick<RecordingRecord, 'parts'>,
  stretches: readonly Stretch[],
  means: Means,
): Promise<{ readonly poster: string; readonly sheet: string; readonly vtt: string }> {
  const { ffmpeg, signal, workFolder, progress } = means;
  const poster = await makePoster(stretches, {
    ffmpeg,
    signal,
    nameOf: (index) => join(workFolder, `poster-${index}.webp`),
  });
  if (poster === undefined) throw new JobFailure('the recording has no picture that can be read');
  progress(0.2);
  const shown = parts.find(({ videoCodec, width }) => videoCodec !== null && width !== null);
  const size = tileSize({ width: shown?.width ?? null, height: shown?.height ?? null });
  const tiles = tilesOf(stretches);
  await makeTiles(tiles, size, means);
  const sheet = join(workFolder, 'sprite.webp');
  await runWithoutInput(ffmpeg, sheetArgs(join(workFolder, 'tile-%03d.png'), gridOf(tiles.length), sheet), signal);
  return { poster, sheet, vtt: spriteVtt(tiles, size, 'sprite.webp') };
}

/** A tile that can not be made shows what the one before it does. */
async function makeTiles(tiles: readonly Tile[], size: TileSize, means: Means): Promise<void> {
  const { ffmpeg, signal, workFolder, progress, log } = means;
  const nameOf = (index: number) => join(workFolder, `tile-${String(index).padStart(3, '0')}.png`);
  for (const [index, { file, seconds }] of tiles.entries()) {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(TILE_MS)]);
    const args = tileArgs({ input: file, seconds }, size, nameOf(index));
    await runWithoutInput(ffmpeg, args, limited).catch((error: unknown) => {
      signal.throwIfAborted();
      log.debug({ err: error, tile: index }, 'a tile was not made');
    });
    // Where there is no picture any more, ffmpeg ends well and has made none.
    if (!existsSync(nameOf(index))) {
      if (index === 0) throw new JobFailure('the recording begins with no picture that can be read');
      await copyFile(nameOf(index - 1), nameOf(index));
    }
    progress(0.2 + (0.7 * (index + 1)) / tiles.length);
  }
}

async function runWithoutInput(ffmpeg: Ffmpeg, args: readonly string[], signal: AbortSignal): Promise<void> {
  const { input, ended } = ffmpeg.pipe({ args, signal });
  input.end();
  await ended;
}

async function stretchesOf(
  recording: RecordingRecord,
  { attempt }: Pick<JobRecord, 'attempt'>,
  means: FileMeans,
): Promise<readonly Stretch[]> {
  const stretches: Stretch[] = [];
  let startSeconds = 0;
  for (const part of recording.parts) {
    const seconds = part.durationMs / 1_000;
    if (part.videoCodec !== null && seconds > 0) {
      stretches.push({ file: await fetchPart(recording, part, { attempt, means }), startSeconds, seconds });
    }
    startSeconds += seconds;
  }
  return stretches;
}
