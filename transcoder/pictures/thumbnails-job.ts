import { availableParallelism, loadavg } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { JobRecord } from '#src/jobs/ports.ts';
import { thumbnailKey } from '#src/storage/keys.ts';
import type { Ffmpeg } from '../ffmpeg.ts';
import { JobFailure } from '../job-failure.ts';
import type { JobContext, JobKindRun } from '../job-kind.ts';
import { type Keyframe, type Look, lookAt } from './keyframe-look.ts';
import { thumbnailArgs } from './picture-args.ts';

const BEAT_MS = 2_000;
/** Streams that one transcoder keeps an eye on. */
const CONCURRENCY = 32;
const PERIOD_MS = 5_000;
/** Streams go first: a machine with so much to do per core has no time for pictures of them. */
const BUSY_LOAD = 1.5;
const MOST_SKIPPED = 6;
const PICTURE_MS = 10_000;
/** In a row, of a server that does not answer. */
const MOST_FAILURES = 12;
/** A publisher that is away for a moment comes back; the server ends the job where the stream is over. */
const MOST_ABSENCES = 12;

const detailOf = z.object({ token: z.string().min(1) });

export const THUMBNAILS_RUN: JobKindRun = {
  kind: 'thumbnails',
  concurrency: CONCURRENCY,
  beatMs: BEAT_MS,
  retryDelaysSeconds: [],
  run: keepThumbnail,
};

export interface ThumbnailMeans extends Pick<JobContext, 'ffmpeg' | 'storage' | 'log' | 'signal'> {
  readonly periodMs?: number;
  readonly isBusy?: () => boolean;
}

async function keepThumbnail(job: JobRecord, context: JobContext): Promise<void> {
  const { serverUrl, signal } = context;
  const detail = detailOf.safeParse(job.detail);
  const { streamId } = job;
  if (!detail.success || streamId === null) throw new JobFailure('the job names no stream', { isFinal: true });
  if (serverUrl === undefined) throw new JobFailure('nobody said where the server is reached: set INTERNAL_URL');
  const look = () => lookAt({ serverUrl, streamId, token: detail.data.token, signal });
  await thumbnailsOf(streamId, look, context);
}

/** A picture of the stream every few seconds, until it is over; then none. */
export async function thumbnailsOf(streamId: string, look: () => Promise<Look>, means: ThumbnailMeans): Promise<void> {
  const { ffmpeg, storage, log, signal, periodMs = PERIOD_MS, isBusy = hasTooMuchToDo } = means;
  const key = thumbnailKey(streamId);
  const eye = new PatientEye(look, isBusy);
  let lastMs: number | undefined;
  try {
    for (;;) {
      const seen = await eye.look(signal);
      if (seen === 'over') return;
      if (seen && seen.ms !== lastMs) {
        lastMs = seen.ms;
        const picture = await thumbnail(ffmpeg, seen, signal).catch((error: unknown) => {
          signal.throwIfAborted();
          log.debug({ err: error }, 'a keyframe made no picture');
          return undefined;
        });
        if (picture) await storage.put(key, picture, { type: 'image/webp', cache: 'no-store' });
      }
      await pause(periodMs, undefined, { signal });
    }
  } finally {
    await storage.delete(key);
  }
}

/** Looks less often where the machine is busy, once there is a picture, and does not take the first failure or absence for the last. */
class PatientEye {
  readonly #look: () => Promise<Look>;
  readonly #isBusy: () => boolean;
  #hasSeen = false;
  #skipped = 0;
  #failures = 0;
  #absences = 0;

  constructor(look: () => Promise<Look>, isBusy: () => boolean) {
    this.#look = look;
    this.#isBusy = isBusy;
  }

  async look(signal: AbortSignal): Promise<Look> {
    const isSkipped = this.#hasSeen && this.#isBusy() && this.#skipped < MOST_SKIPPED;
    this.#skipped = isSkipped ? this.#skipped + 1 : 0;
    if (this.#skipped > 0) return undefined;
    try {
      const seen = await this.#look();
      this.#failures = 0;
      this.#hasSeen ||= seen !== undefined;
      this.#absences = seen === 'over' ? this.#absences + 1 : 0;
      return seen !== 'over' || this.#absences > MOST_ABSENCES ? seen : undefined;
    } catch (error) {
      signal.throwIfAborted();
      this.#failures += 1;
      if (this.#failures > MOST_FAILURES) throw error;
      return undefined;
    }
  }
}

export async function thumbnail(ffmpeg: Ffmpeg, { bytes }: Keyframe, signal: AbortSignal): Promise<Uint8Array> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(PICTURE_MS)]);
  const { input, outputs, ended } = ffmpeg.pipe({ args: thumbnailArgs(), signal: limited });
  input.end(bytes);
  const [output] = outputs;
  const [picture] = await Promise.all([output ? buffer(output) : Buffer.alloc(0), ended]);
  if (picture.length === 0) throw new JobFailure('the keyframe has no picture');
  return picture;
}

function hasTooMuchToDo(): boolean {
  return (loadavg()[0] ?? 0) > availableParallelism() * BUSY_LOAD;
}
