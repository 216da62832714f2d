import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Second } from '#src/dash/seconds.ts';
import type { JobRecord } from '#src/jobs/ports.ts';
import { JobFailure } from '../job-failure.ts';
import type { JobContext, JobKindRun } from '../job-kind.ts';
import { LivePresentation, type RunningRepresentation } from './live-presentation.ts';
import { LiveRun } from './live-run.ts';
import { liveLadder } from './live-rungs.ts';
import { measuredSpeed } from './speed-test.ts';
import { StreamLink } from './stream-link.ts';

const detailOf = z.object({ token: z.string().min(1), windowSeconds: z.int().min(1) });

const BEAT_MS = 2_000;
/** One stream takes about a core. */
const CONCURRENCY = Math.max(1, Math.floor(availableParallelism() / 2));
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;
/** A run that lasted so long has nothing to do with the failures before it. */
const STEADY_MS = 30_000;
/** Seconds that wait to be stored. A storage that is slower loses some, never memory. */
const MOST_WAITING = 10;

/** Measured once a process, when it is first needed. */
let machineSpeed: Promise<number> | undefined;

export const LIVE_RUN: JobKindRun = {
  kind: 'live',
  concurrency: CONCURRENCY,
  beatMs: BEAT_MS,
  // As long as the stream lives; what ends it is the server's word that it is over.
  retryDelaysSeconds: [1, 2, 4, 8, 15, 30, 30, 30, 30, 30],
  run: runLive,
};

async function runLive(job: JobRecord, context: JobContext): Promise<void> {
  const { ffmpeg, signal, serverUrl } = context;
  const detail = detailOf.safeParse(job.detail);
  if (!detail.success || job.streamId === null) throw new JobFailure('the job names no stream', { isFinal: true });
  if (serverUrl === undefined) throw new JobFailure('nobody said where the server is reached: set INTERNAL_URL');
  machineSpeed ??= measuredSpeed(ffmpeg, signal);
  const speed = await machineSpeed.catch((error: unknown) => {
    machineSpeed = undefined;
    throw error;
  });
  await liveStream({ serverUrl, streamId: job.streamId, ...detail.data }, { ...context, speed });
}

export interface LivePlace {
  readonly serverUrl: string;
  readonly streamId: string;
  readonly token: string;
  readonly windowSeconds: number;
}

export interface LiveMeans extends Pick<JobContext, 'ffmpeg' | 'storage' | 'log' | 'signal'> {
  /** As `measuredSpeed` has it. */
  readonly speed: number;
}

/** Makes the ladder of one stream until that is over. */
export async function liveStream(place: LivePlace, means: LiveMeans): Promise<void> {
  const { ffmpeg, signal, log, speed } = means;
  const link = new StreamLink({ ...place, signal });
  const [clockOffsetMs, presentation] = await Promise.all([
    link.clockOffsetMs(),
    LivePresentation.open({ ...place, storage: means.storage }),
  ]);
  const store = new SecondsStore(presentation, clockOffsetMs, means);
  let dropped = 0;
  let pauseMs = FIRST_PAUSE_MS;
  for (let feed = await link.feed(); feed; feed = await link.feed()) {
    const startMs = performance.now();
    const run = new LiveRun({
      ffmpeg,
      feed,
      signal,
      rungsFor: (source) => liveLadder({ source, speed, dropped }),
      layer: ({ name, height, width }, source) =>
        Math.min(width, height) < Math.min(source.width, source.height) ? link.layer(name) : undefined,
      onSecond: (...second) => store.push(...second),
    });
    const end = await run.run().catch((error: unknown) => {
      signal.throwIfAborted();
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'live encoder failed');
      return 'failed' as const;
    });
    if (end === 'too_slow') dropped += 1;
    const ranMs = performance.now() - startMs;
    if (ranMs > STEADY_MS) pauseMs = FIRST_PAUSE_MS;
    log.info({ end, dropped, seconds: Math.round(ranMs / 1_000) }, 'live encoder ended');
    await pause(pauseMs, undefined, { signal });
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
  await store.end();
}

/** Stores second after second, in order, behind the encoder's back. */
class SecondsStore {
  readonly #presentation: LivePresentation;
  readonly #clockOffsetMs: number;
  readonly #means: LiveMeans;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();
  #next: number;

  constructor(presentation: LivePresentation, clockOffsetMs: number, means: LiveMeans) {
    this.#presentation = presentation;
    this.#clockOffsetMs = clockOffsetMs;
    this.#means = means;
    this.#next = presentation.next;
  }

  push(second: Second, representations: readonly RunningRepresentation[], zeroMs: number): void {
    // What an earlier run gave out is known to players: it is not made again.
    if (second.number < this.#next || this.#waiting >= MOST_WAITING) return;
    this.#next = second.number + 1;
    this.#waiting += 1;
    const { signal, log } = this.#means;
    this.#last = this.#last
      .then(async () => {
        signal.throwIfAborted();
        await this.#presentation.publish(second, representations, Math.round(zeroMs + this.#clockOffsetMs));
      })
      .catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: error, segment: second.number }, 'a segment was not stored');
      })
      .finally(() => {
        this.#waiting -= 1;
      });
  }

  async end(): Promise<void> {
    await this.#last;
    await this.#presentation.end();
  }
}
