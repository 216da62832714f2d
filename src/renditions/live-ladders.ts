import type { Logger } from 'pino';
import { liveDashPrefix } from '../dash/live-files.ts';
import type { JobStore } from '../jobs/ports.ts';
import type { Storage } from '../storage/ports.ts';
import type { StreamSink, SunkStream } from '../streams/ports.ts';
import type { RenditionDemand } from './demand.ts';

const TICK_MS = 250;
/** A job that failed is queued anew, ever later while it goes on failing. */
const LOOK_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;
/** A transcoder that begins an encoder anew reads the stream again after a moment; the more often it fails, the later. */
const FIRST_PATIENCE_MS = 2_000;
const LONGEST_PATIENCE_MS = 16_000;
/** For viewers who are some seconds behind, and whose player has not heard yet. */
const LINGER_MS = 60_000;

interface Ladder {
  readonly streamId: string;
  readonly channelId: string;
  isOver: boolean;
  job: { id: string; lookMs: number; pauseMs: number } | undefined;
  token: string | undefined;
  /** When transcoders were asked for it last. */
  askedMs: number;
  /** How long nobody may read the stream before another one is asked. */
  patienceMs: number;
}

export interface LiveLaddersOptions {
  readonly demand: RenditionDemand;
  readonly jobs: Pick<JobStore, 'add' | 'cancel'>;
  /** A token for whoever makes the ladder; `undefined` where the stream is over. */
  readonly grant: (streamId: string) => string | undefined;
  /** How long ago the last reader of a stream left that nobody reads; `undefined` otherwise. */
  readonly unreadMs: (streamId: string) => number | undefined;
  readonly storage: Pick<Storage, 'deletePrefix'>;
  readonly windowSeconds: number;
  /** So many at once. */
  readonly max: number;
  readonly log: Logger;
  readonly now?: () => number;
}

/** Whose streams are adaptive, and the jobs that make them so while somebody has a use for it. */
export class LiveLadders implements StreamSink {
  readonly #options: LiveLaddersOptions;
  readonly #now: () => number;
  readonly #ladders = new Map<string, Ladder>();
  /** Wanted, but there is no room. */
  readonly #waiting = new Set<string>();
  readonly #lingering = new Set<NodeJS.Timeout>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LiveLaddersOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** How far a viewer may go back. */
  get windowSeconds(): number {
    return this.#options.windowSeconds;
  }

  start(): void {
    this.#timer = setInterval(() => this.tick(), TICK_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const timer of this.#lingering) clearTimeout(timer);
  }

  live({ id, channelId, isAdaptive }: SunkStream): void {
    const ladder = this.#ladders.get(id);
    if (isAdaptive && !ladder) {
      const asked = { askedMs: Number.POSITIVE_INFINITY, patienceMs: FIRST_PATIENCE_MS };
      this.#ladders.set(id, { streamId: id, channelId, isOver: false, job: undefined, token: undefined, ...asked });
    }
    if (!isAdaptive && ladder) this.ended(id);
  }

  ended(streamId: string): void {
    const ladder = this.#ladders.get(streamId);
    if (!ladder || ladder.isOver) return;
    ladder.isOver = true;
    this.#options.demand.ended(streamId);
    this.#waiting.delete(streamId);
    const timer = setTimeout(() => {
      this.#lingering.delete(timer);
      this.#ladders.delete(streamId);
      this.#clear(ladder);
    }, LINGER_MS);
    this.#lingering.add(timer);
  }

  /** What can be had of the channel: of its live stream, or for a moment still of one that is over. */
  of(channelId: string): { readonly streamId: string; readonly isOver: boolean } | undefined {
    return [...this.#ladders.values()].findLast((ladder) => ladder.channelId === channelId);
  }

  /** Somebody asks for it. */
  wanted(streamId: string): void {
    this.#options.demand.wanted(streamId);
  }

  /** Whether there is no room for this one at present. */
  isFull(streamId: string): boolean {
    return this.#waiting.has(streamId);
  }

  tick(): void {
    const { demand, max } = this.#options;
    const { begun, ended } = demand.changes();
    for (const streamId of begun) this.#waiting.add(streamId);
    for (const streamId of ended) {
      this.#waiting.delete(streamId);
      this.#stop(streamId);
    }
    const running = [...this.#ladders.values()].filter(({ job, isOver }) => job && !isOver);
    for (const ladder of running) {
      this.#look(ladder);
      this.#askAnew(ladder);
    }
    let room = max - running.length;
    for (const streamId of [...this.#waiting].slice(0, Math.max(0, room))) {
      this.#waiting.delete(streamId);
      const ladder = this.#ladders.get(streamId);
      if (!ladder || ladder.isOver) continue;
      room -= 1;
      ladder.job = { id: '', lookMs: this.#now() + LOOK_MS, pauseMs: LOOK_MS };
      ladder.askedMs = this.#now();
      this.#add(ladder);
    }
  }

  #look(ladder: Ladder): void {
    if (!ladder.job || this.#now() < ladder.job.lookMs) return;
    ladder.job.lookMs = this.#now() + ladder.job.pauseMs;
    this.#add(ladder);
  }

  /** A transcoder that was killed leaves at once, and the queue finds out after ten seconds and more. */
  #askAnew(ladder: Ladder): void {
    const { unreadMs, jobs, log } = this.#options;
    const { job, streamId, patienceMs, askedMs } = ladder;
    const nowMs = this.#now();
    const unread = unreadMs(streamId) ?? 0;
    // Whoever left before it was asked for has nothing to do with it.
    if (!job?.id || unread < patienceMs || unread > nowMs - askedMs) return;
    log.warn({ stream: streamId, job: job.id }, 'live ladder is made by nobody: another transcoder is asked');
    ladder.patienceMs = Math.min(2 * patienceMs, LONGEST_PATIENCE_MS);
    ladder.askedMs = nowMs;
    const { id } = job;
    job.id = '';
    jobs.cancel(id).then(
      () => this.#add(ladder),
      (error: unknown) => log.warn({ err: error, job: id }, 'job was not cancelled'),
    );
  }

  /** Where the job goes on, that is what comes back. */
  #add(ladder: Ladder): void {
    const { jobs, grant, windowSeconds, log } = this.#options;
    const { streamId, channelId } = ladder;
    ladder.token ??= grant(streamId);
    if (ladder.token === undefined) return;
    const detail = { token: ladder.token, windowSeconds };
    jobs.add({ kind: 'live', channelId, streamId, detail }).then(
      (added) => {
        if (!added || !ladder.job) return added && this.#cancel(added.job.id);
        const isAgain = ladder.job.id !== '' && added.isNew;
        if (isAgain) ladder.job.pauseMs = Math.min(2 * ladder.job.pauseMs, LONGEST_PAUSE_MS);
        if (added.isNew) log.info({ stream: streamId, job: added.job.id, isAgain }, 'live ladder wanted');
        ladder.job.id = added.job.id;
      },
      (error: unknown) => log.warn({ err: error, stream: streamId }, 'live ladder was not asked for'),
    );
  }

  #stop(streamId: string): void {
    const ladder = this.#ladders.get(streamId);
    const id = ladder?.job?.id;
    if (!ladder) return;
    ladder.job = undefined;
    if (id) this.#cancel(id);
    this.#options.log.info({ stream: streamId }, 'live ladder not wanted any more');
  }

  #clear({ streamId, job }: Ladder): void {
    if (job?.id) this.#cancel(job.id);
    const { storage, log } = this.#options;
    storage.deletePrefix(liveDashPrefix(streamId)).catch((error: unknown) => {
      log.warn({ err: error, stream: streamId }, 'segments of a stream that is over were not removed');
    });
  }

  #cancel(id: string): void {
    this.#options.jobs.cancel(id).catch((error: unknown) => {
      this.#options.log.warn({ err: error, job: id }, 'job was not cancelled');
    });
  }
}
