import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { recordingPrefix } from '../storage/keys.ts';
import type { Storage } from '../storage/ports.ts';
import type { MediaTap, StreamSink, SunkStream } from '../streams/ports.ts';
import type { RecordingReport } from './messages.ts';
import type {
  RecordingEnd,
  RecordingPart,
  RecordingProblem,
  RecordingRecord,
  RecordingStore,
  RecordingThread,
  RecordingWitness,
} from './ports.ts';
import type { WrittenPart } from './recording-files.ts';
import { repairParts } from './repair.ts';

const PAGE = 100;
/** A disk that says it has room, and takes nothing (a quota), is not asked over and over. */
const FULL_MS = 10_000;
const LONGEST_FULL_MS = 3_600_000;
const ABANDONED_MS = 300_000;
const LOST_MS = 86_400_000;

export interface RecordingsOptions {
  readonly store: RecordingStore;
  readonly witness?: RecordingWitness;
  readonly media: MediaTap;
  readonly thread: RecordingThread;
  /** Where they are written: a folder for each, named by its id. */
  readonly folder: string;
  /** Has all that is of them, that folder included. */
  readonly storage: Pick<Storage, 'deletePrefix'>;
  readonly log: Logger;
  readonly now?: () => Date;
}

/** One that is being written. */
interface Running {
  readonly finished: PromiseWithResolvers<void>;
  readonly id: string;
  readonly stream: SunkStream;
  readonly parts: Map<number, RecordingPart>;
  /** Rows in the order in which things happened. */
  rows: Promise<void>;
  problem: RecordingProblem | null;
}

/** Which streams are recorded, and what becomes of it. Streams never wait for it, and never suffer from it. */
export class Recordings implements StreamSink {
  readonly #store: RecordingStore;
  readonly #witness: RecordingWitness | undefined;
  readonly #media: MediaTap;
  readonly #thread: RecordingThread;
  readonly #folder: string;
  readonly #storage: Pick<Storage, 'deletePrefix'>;
  readonly #log: Logger;
  readonly #now: () => Date;
  /** By recording; those that are about to end included. */
  readonly #running = new Map<string, Running>();
  /** Recording by stream. */
  readonly #byStream = new Map<string, Running>();
  /** By id: what would be recorded, if there were room. */
  readonly #withoutRoom = new Map<string, SunkStream>();
  /** The disk takes nothing before then. */
  #fullUntil: Date | undefined;
  #fullMs = FULL_MS;

  constructor({ store, witness, media, thread, folder, storage, log, now = () => new Date() }: RecordingsOptions) {
    this.#store = store;
    this.#witness = witness;
    this.#media = media;
    this.#thread = thread;
    this.#folder = folder;
    this.#storage = storage;
    this.#log = log.child({ room: 'recording' });
    this.#now = now;
  }

  /** Where the files of a recording are written: by its id alone. */
  folderOf(recordingId: string): string {
    return join(this.#folder, recordingId);
  }

  /** Nothing is recorded until there is room again. */
  get isFull(): boolean {
    return this.#fullUntil !== undefined;
  }

  live(stream: SunkStream): void {
    const running = this.#byStream.get(stream.id);
    this.#withoutRoom.delete(stream.id);
    if (running && !stream.isRecorded) this.ended(stream.id);
    else if (!running && stream.isRecorded) this.#begin(stream);
  }

  ended(streamId: string): void {
    this.#withoutRoom.delete(streamId);
    const running = this.#byStream.get(streamId);
    if (!running) return;
    this.#byStream.delete(streamId);
    this.#media.untap(running.stream.mediaId, running.id);
    if (!this.#thread.tell({ type: 'stop', recordingId: running.id })) this.#finish(running);
  }

  /** What the thread says of its work. */
  report(report: RecordingReport): void {
    if (report.type === 'problem') {
      this.#log.error({ err: report.error }, 'a bug cost some pictures of a recording');
      return;
    }
    const running = this.#running.get(report.recordingId);
    if (!running) return;
    if (report.type === 'following') this.#media.tap(running.stream.mediaId, running.id);
    else if (report.type === 'part') this.#part(running, report.part);
    else if (report.type === 'failed') this.#failed(running, report);
    else this.#finish(running);
  }

  /** The thread died: what it wrote is kept as far as it is whole, and streams that go on are recorded anew. */
  died(error: Error): void {
    this.#log.error({ err: error }, 'recording thread died');
    for (const running of [...this.#running.values()]) {
      running.problem ??= 'interrupted';
      const goesOn = this.#byStream.delete(running.stream.id);
      this.#finish(running);
      if (goesOn) this.#begin(running.stream);
    }
  }

  /** Ends what a crash of the server left open. */
  async endLeftOpen(): Promise<void> {
    for (const recording of await this.#store.leftOpen()) await this.#endOpen(recording);
  }

  /**
   * Ends what is open though its stream is over: its server crashed, or its row could not be written. Whoever has its
   * files does; where nobody came for a day, they are lost.
   */
  async endAbandoned(): Promise<void> {
    const before = (ms: number) => new Date(this.#now().getTime() - ms);
    for (const recording of await this.#store.abandoned(before(ABANDONED_MS)))
      if (existsSync(this.folderOf(recording.id))) await this.#endOpen(recording);
    for (const recording of await this.#store.abandoned(before(LOST_MS))) await this.#endOpen(recording);
  }

  list(channelId: string, page: { limit: number; after?: string }): Promise<readonly RecordingRecord[]> {
    return this.#store.list(channelId, page);
  }

  byId(recordingId: string): Promise<RecordingRecord | undefined> {
    return this.#store.byId(recordingId);
  }

  /** The disk has no room left: what is recorded ends here, and is kept. The streams go on. */
  full(): void {
    this.#fullUntil = new Date(this.#now().getTime() + this.#fullMs);
    for (const running of [...this.#byStream.values()]) {
      running.problem ??= 'disk_full';
      this.#log.error({ recording: running.id, stream: running.stream.id }, 'recording ended: the disk is full');
      this.ended(running.stream.id);
      this.#withoutRoom.set(running.stream.id, running.stream);
    }
  }

  /** Streams that go on are recorded anew. */
  roomAgain(): void {
    if (this.#fullUntil === undefined || this.#now() < this.#fullUntil) return;
    this.#fullUntil = undefined;
    const streams = [...this.#withoutRoom.values()];
    this.#withoutRoom.clear();
    this.#log.info({ streams: streams.length }, 'there is room for recordings again');
    for (const stream of streams) this.#begin(stream);
  }

  /** Of all that a channel has, also of those that are being written. */
  async idsOf(channelId: string): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let after: string | undefined; ; after = ids.at(-1)) {
      const page = await this.#store.list(channelId, { limit: PAGE, ...(after !== undefined && { after }) });
      ids.push(...page.map(({ id }) => id));
      if (page.length < PAGE) return ids;
    }
  }

  /** With its files. False where there is none. One that is being written ends first; its stream goes on without. */
  async delete(recordingId: string): Promise<boolean> {
    const running = this.#running.get(recordingId);
    if (running) {
      this.ended(running.stream.id);
      await running.finished.promise;
    }
    await this.#storage.deletePrefix(recordingPrefix(recordingId));
    return await this.#store.delete(recordingId);
  }

  /** All files are whole then, and their rows written. */
  async close(): Promise<void> {
    for (const streamId of [...this.#byStream.keys()]) this.ended(streamId);
    await this.#thread.close();
    const last = [...this.#running.values()];
    for (const running of last) this.#finish(running);
    await Promise.all(last.map(({ finished }) => finished.promise));
  }

  #begin(stream: SunkStream): void {
    if (this.isFull) {
      this.#withoutRoom.set(stream.id, stream);
      return;
    }
    const thread = this.#media.homeOf(stream.mediaId);
    if (thread === undefined) return;
    const { channelId, title, id: streamId } = stream;
    const id = randomUUID();
    const running: Running = {
      id,
      stream,
      parts: new Map(),
      rows: Promise.resolve(),
      problem: null,
      finished: Promise.withResolvers(),
    };
    const folder = this.folderOf(id);
    if (!this.#thread.tell({ type: 'start', recordingId: id, streamId: stream.mediaId, thread, folder })) {
      this.#log.error({ stream: streamId }, 'stream is not recorded: the recording thread does not run');
      return;
    }
    this.#running.set(id, running);
    this.#byStream.set(streamId, running);
    this.#write(running, () => this.#store.begin({ id, channelId, streamId, title, startedAt: this.#now() }));
    this.#log.info({ recording: id, stream: streamId }, 'recording began');
  }

  #part(running: Running, { number, file, format, startMs, durationMs, bytes }: WrittenPart): void {
    const part: RecordingPart = {
      number,
      file,
      videoCodec: format.video?.codec ?? null,
      hasAudio: format.hasAudio,
      width: format.video?.size?.width ?? null,
      height: format.video?.size?.height ?? null,
      startedAt: new Date(startMs),
      durationMs,
      bytes,
    };
    running.parts.set(number, part);
    this.#write(running, () => this.#store.part(running.id, part));
  }

  #failed(running: Running, { code, detail }: Extract<RecordingReport, { type: 'failed' }>): void {
    running.problem ??= code;
    this.#log.error({ recording: running.id, stream: running.stream.id, code, detail }, 'recording failed');
    if (code !== 'disk_full') return this.ended(running.stream.id);
    this.#fullMs = Math.min(2 * this.#fullMs, LONGEST_FULL_MS);
    this.full();
  }

  /** Once: the last files are looked after, and the row is closed. */
  #finish(running: Running): void {
    if (!this.#running.delete(running.id)) return;
    this.#byStream.delete(running.stream.id);
    this.#write(running, async () => {
      const cut = [...running.parts.values()].filter(({ durationMs }) => durationMs === 0);
      for (const part of await repairParts(this.folderOf(running.id), cut)) {
        running.parts.set(part.number, part);
        await this.#store.part(running.id, part);
      }
      const isReady = [...running.parts.values()].some(({ durationMs }) => durationMs > 0);
      if (isReady && running.problem === null) this.#fullMs = FULL_MS;
      const problem = running.problem ?? (isReady ? null : 'nothing_came');
      const state = isReady ? 'ready' : 'failed';
      await this.#end(running.id, { state, problem, endedAt: this.#now() });
      this.#log.info({ recording: running.id, stream: running.stream.id, state, problem }, 'recording ended');
    });
    void running.rows.then(running.finished.resolve);
  }

  async #endOpen({ id, parts }: RecordingRecord): Promise<void> {
    if (this.#running.has(id)) return;
    const repaired = await repairParts(this.folderOf(id), parts);
    for (const part of repaired) await this.#store.part(id, part);
    const state = repaired.length > 0 ? 'ready' : 'failed';
    await this.#end(id, { state, problem: 'interrupted', endedAt: endOf(repaired) ?? this.#now() });
    this.#log.warn({ recording: id, parts: repaired.length }, 'recording ended that a crash had left open');
  }

  async #end(recordingId: string, end: RecordingEnd): Promise<void> {
    await this.#store.end(recordingId, end);
    const ended = await this.#store.byId(recordingId);
    if (ended) await this.#witness?.ended(ended);
  }

  #write(running: Running, row: () => Promise<void>): void {
    running.rows = running.rows.then(row).catch((error: unknown) => {
      this.#log.error({ err: error, recording: running.id }, 'row of a recording was not written');
    });
  }
}

function endOf(parts: readonly RecordingPart[]): Date | undefined {
  const last = parts.at(-1);
  return last && new Date(last.startedAt.getTime() + last.durationMs);
}
