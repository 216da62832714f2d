import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import type { RecordingCommand, RecordingReport } from '../../src/recording/messages.ts';
import type {
  RecordingEnd,
  RecordingPart,
  RecordingRecord,
  RecordingStart,
  RecordingStore,
  RecordingThread,
  RecordingWitness,
} from '../../src/recording/ports.ts';
import { Recordings } from '../../src/recording/recordings.ts';
import { LocalStorage } from '../../src/storage/local-storage.ts';
import type { Storage } from '../../src/storage/ports.ts';
import type { MediaTap } from '../../src/streams/ports.ts';
import { afterTest } from './after-test.ts';
import { pageOf } from './page-of.ts';

export class FakeRecordingStore implements RecordingStore {
  readonly rows = new Map<string, RecordingRecord>();

  async begin(start: RecordingStart): Promise<void> {
    this.rows.set(start.id, {
      ...start,
      state: 'recording',
      problem: null,
      endedAt: null,
      picturesAt: null,
      renditionsAt: null,
      renditionsRun: null,
      parts: [],
    });
  }

  async part(recordingId: string, part: RecordingPart): Promise<void> {
    const row = this.rows.get(recordingId);
    if (!row) return;
    const others = row.parts.filter(({ number }) => number !== part.number);
    this.rows.set(recordingId, { ...row, parts: [...others, part].toSorted((a, b) => a.number - b.number) });
  }

  async end(recordingId: string, end: RecordingEnd): Promise<void> {
    const row = this.rows.get(recordingId);
    if (row?.state === 'recording') this.rows.set(recordingId, { ...row, ...end });
  }

  async leftOpen(): Promise<readonly RecordingRecord[]> {
    return this.#all().filter(({ state }) => state === 'recording');
  }

  async abandoned(before: Date): Promise<readonly RecordingRecord[]> {
    return this.#all().filter(({ state, startedAt }) => state === 'recording' && startedAt < before);
  }

  async known(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(ids.filter((id) => this.rows.has(id)));
  }

  async byId(recordingId: string): Promise<RecordingRecord | undefined> {
    return this.rows.get(recordingId);
  }

  async list(channelId: string, page: { limit: number; after?: string }): Promise<readonly RecordingRecord[]> {
    return pageOf(
      this.#all()
        .filter((row) => row.channelId === channelId)
        .toReversed(),
      page,
    );
  }

  async oldestEnded(limit: number): Promise<readonly RecordingRecord[]> {
    return this.#all()
      .filter(({ state }) => state !== 'recording')
      .slice(0, limit);
  }

  async totalBytes(): Promise<number> {
    return this.#all()
      .flatMap(({ parts }) => parts)
      .reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async delete(recordingId: string): Promise<boolean> {
    return this.rows.delete(recordingId);
  }

  #all(): RecordingRecord[] {
    return [...this.rows.values()];
  }
}

/** Hears what it is told, and writes nothing. */
export class FakeRecordingThread implements RecordingThread {
  readonly told: Parameters<RecordingThread['tell']>[0][] = [];
  isDown = false;

  tell(command: Exclude<RecordingCommand, { type: 'close' }>): boolean {
    if (!this.isDown) this.told.push(command);
    return !this.isDown;
  }

  async close(): Promise<void> {
    this.isDown = true;
  }
}

export class FakeTap implements MediaTap {
  readonly tapped = new Set<string>();

  homeOf(): number | undefined {
    return 0;
  }

  tap(streamId: string): void {
    this.tapped.add(streamId);
  }

  untap(streamId: string): void {
    this.tapped.delete(streamId);
  }
}

/** Recordings with everything around them in memory, but for their folder. */
export class FakeRecordings implements RecordingWitness {
  readonly store = new FakeRecordingStore();
  readonly thread = new FakeRecordingThread();
  readonly media = new FakeTap();
  readonly #root = mkdtempSync(join(tmpdir(), 'freshet-recordings-'));
  readonly storage: Storage = new LocalStorage(this.#root);
  readonly folder = join(this.#root, 'recordings');
  /** Of which the world was told. */
  readonly told: RecordingRecord[] = [];
  readonly recordings: Recordings;
  #passedMs = 0;

  constructor(log: Logger = pino({ level: 'silent' })) {
    afterTest(() => rmSync(this.#root, { recursive: true, force: true }));
    mkdirSync(this.folder);
    const { store, thread, media, folder, storage } = this;
    this.recordings = new Recordings({
      store,
      witness: this,
      thread,
      media,
      folder,
      storage,
      log,
      now: () => new Date(Date.now() + this.#passedMs),
    });
  }

  pass(ms: number): void {
    this.#passedMs += ms;
  }

  async ended(recording: RecordingRecord): Promise<void> {
    this.told.push(recording);
  }

  /** What the thread would say of the recording that was begun last. */
  report(
    report: RecordingReport extends infer R
      ? R extends { recordingId: string }
        ? Omit<R, 'recordingId'>
        : never
      : never,
  ): void {
    const { recordingId = '' } = this.thread.told.findLast(({ type }) => type === 'start') ?? {};
    this.recordings.report({ ...report, recordingId } as RecordingReport);
  }
}
