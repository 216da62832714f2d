import type { DueJob, JobLeases, JobRecord, JobWitness } from '#src/jobs/ports.ts';
import type { Log } from '#src/log.ts';
import { StorageError } from '#src/storage/errors.ts';
import { JobFailure, NO_ROOM, NotYet } from './job-failure.ts';
import type { JobContext, JobKindRun } from './job-kind.ts';
import type { WorkFolders } from './work-folders.ts';

/** For jobs that people look at. */
const BEAT_MS = 400;
const NOT_YET_SECONDS = 15;
export const RETRY_DELAYS_SECONDS = [5, 30] as const;

export type AttemptOutcome = 'done' | 'failed' | 'again' | 'handed_back' | 'lost';

export interface Workshop extends Omit<JobContext, 'signal' | 'progress' | 'workFolder'> {
  readonly leases: JobLeases;
  readonly folders: WorkFolders;
  readonly witness: JobWitness;
  /** Aborted when the transcoder is to end. */
  readonly closing: AbortSignal;
  readonly worked: (report: { kind: JobRecord['kind']; outcome: AttemptOutcome; seconds: number }) => void;
}

/** One attempt at a job that is due. Rejects where the database does not answer: then the job's turn comes again. */
export async function attempt(due: DueJob, kind: JobKindRun, shop: Workshop): Promise<void> {
  const begun = await shop.leases.begin(due);
  if (!begun) return;
  const { job, hasDied } = begun;
  const startMs = performance.now();
  const log = shop.log.child({ job: job.id, kind: job.kind, attempt: job.attempt });
  // One that takes the transcoder with it each time is not tried for ever.
  const isHopeless = hasDied && job.failures > delaysOf(kind).length;
  const outcome = isHopeless
    ? await settle({ job, kind, shop, log }, new JobFailure(job.problem ?? '', { isFinal: true }))
    : await work(job, kind, shop, log);
  const seconds = (performance.now() - startMs) / 1000;
  log.info({ outcome, seconds: Math.round(seconds * 10) / 10 }, 'attempt ended');
  shop.worked({ kind: job.kind, outcome, seconds });
}

async function work(job: JobRecord, kind: JobKindRun, shop: Workshop, log: Log): Promise<AttemptOutcome> {
  const { leases, folders, closing, ffmpeg, storage, database, serverUrl, reserveBytes, isElsewhere } = shop;
  const lost = new AbortController();
  const signal = AbortSignal.any([closing, lost.signal]);
  const workFolder = await folders.make(`${job.id}-${job.attempt}`);
  let share = 0;
  const progress = (now: number) => {
    share = Math.min(1, Math.max(share, now));
  };
  const beat = async () => {
    if (!(await leases.beat(job.id, job.attempt, share))) lost.abort(new Error('the job is no longer ours'));
  };
  const beating = setInterval(() => {
    // A database that does not answer says nothing of the job.
    beat().catch(() => {});
  }, kind.beatMs ?? BEAT_MS);
  log.info({ channel: job.channelId, recording: job.recordingId, stream: job.streamId }, 'attempt began');
  let problem: unknown;
  try {
    const means = { ffmpeg, storage, database, serverUrl, reserveBytes, isElsewhere, workFolder };
    await kind.run(job, { signal, progress, log, ...means });
  } catch (error) {
    problem = error ?? new Error('it failed without a word');
  } finally {
    clearInterval(beating);
    await folders.remove(workFolder).catch((error: unknown) => log.warn({ err: error }, 'work folder was not removed'));
  }
  if (lost.signal.aborted) return 'lost';
  return await settle({ job, kind, shop, log }, problem);
}

interface Attempt {
  readonly job: JobRecord;
  readonly kind: JobKindRun;
  readonly shop: Workshop;
  readonly log: Log;
}

/** `problem` undefined: it is done. */
async function settle({ job, kind, shop, log }: Attempt, problem: unknown): Promise<AttemptOutcome> {
  const { leases, witness, closing } = shop;
  const { id, attempt: number, failures } = job;
  if (problem !== undefined && closing.aborted) {
    return (await leases.again(id, number, { problem: null, delaySeconds: 0 })) ? 'handed_back' : 'lost';
  }
  if (problem instanceof NotYet) {
    log.debug({ reason: problem.message }, 'attempt put off');
    const isAgain = await leases.again(id, number, { problem: null, delaySeconds: NOT_YET_SECONDS });
    return isAgain ? 'handed_back' : 'lost';
  }
  const words = problem === undefined ? null : wordsOf(problem, log);
  const isFinal = problem instanceof JobFailure && problem.isFinal;
  const delaySeconds = delaysOf(kind)[failures];
  if (words !== null && !isFinal && delaySeconds !== undefined) {
    return (await leases.again(id, number, { problem: words, delaySeconds })) ? 'again' : 'lost';
  }
  const status = words === null ? 'done' : 'failed';
  const ended = await leases.end(id, number, { status, problem: words });
  if (!ended) return 'lost';
  await witness.ended(ended).catch((error: unknown) => log.error({ err: error }, 'end of a job was not told'));
  return status;
}

function wordsOf(problem: unknown, log: Log): string {
  if (isOfFullDisk(problem)) {
    log.warn({ err: problem }, 'attempt failed: the disk is full');
    return NO_ROOM;
  }
  if (problem instanceof JobFailure || problem instanceof StorageError) {
    log.warn({ reason: problem.message }, 'attempt failed');
    return problem.message;
  }
  log.error({ err: problem }, 'attempt failed by a bug');
  return 'an error of the transcoder, which its log tells';
}

/** Whoever wrote: this process, or ffmpeg, which only has words for it. */
function isOfFullDisk(problem: unknown): boolean {
  if (!(problem instanceof Error)) return false;
  const code = 'code' in problem ? problem.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' || /No space left on device|Disk quota exceeded/.test(problem.message);
}

const delaysOf = ({ retryDelaysSeconds = RETRY_DELAYS_SECONDS }: JobKindRun) => retryDelaysSeconds;
