import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../../src/db/database.ts';
import type { JobDraft, JobRecord } from '../../src/jobs/ports.ts';
import { newChannel, newFolder, newOwner, TestPostgres } from '../../tests/support/database.ts';
import { TranscoderProcess } from '../../tests/support/transcoder-process.ts';
import { until } from '../../tests/support/until.ts';

const JOB_MS = 300_000;

/** A database, a folder, and one real transcoder process. */
export class TranscoderVenue {
  readonly db: Database;
  readonly dataDir: string;
  readonly transcoder: TranscoderProcess;
  readonly channelId: string;

  private constructor(place: Pick<TranscoderVenue, 'db' | 'dataDir' | 'transcoder' | 'channelId'>) {
    this.db = place.db;
    this.dataDir = place.dataDir;
    this.transcoder = place.transcoder;
    this.channelId = place.channelId;
  }

  /** Closed whatever happens. `serverUrl`: where it is told that a server is. */
  static async on<T>(serverUrl: string | undefined, act: (venue: TranscoderVenue) => Promise<T>): Promise<T> {
    const postgres = await TestPostgres.start();
    const dataDir = await newFolder();
    let transcoder: TranscoderProcess | undefined;
    let db: Database | undefined;
    try {
      db = await postgres.open();
      const channel = await newChannel(db, { slug: 'bench', ownerId: (await newOwner(db)).id });
      transcoder = await TranscoderProcess.start({
        DATA_DIR: dataDir,
        DATABASE_URL: db.url,
        ...(serverUrl !== undefined && { INTERNAL_URL: serverUrl }),
      });
      return await act(new TranscoderVenue({ db, dataDir, transcoder, channelId: channel.id }));
    } finally {
      await transcoder?.stop();
      await db?.close();
      await postgres.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  }

  async add(draft: Omit<JobDraft, 'channelId'>): Promise<JobRecord> {
    const added = await this.db.jobs.add({ ...draft, channelId: this.channelId });
    if (!added) throw new Error('there is nothing to encode');
    return added.job;
  }

  /** Resolves when it is over, whichever way. */
  async ended({ id, attempt }: JobRecord): Promise<JobRecord> {
    return await until(
      'the job is over',
      async () => {
        const job = await this.db.jobs.byId(id);
        return job?.endedAt && job.attempt > attempt ? job : undefined;
      },
      { timeoutMs: JOB_MS, everyMs: 100 },
    );
  }

  /** A recording of one part, to be written at `path`. */
  async newRecording(part: {
    width: number;
    height: number;
    seconds: number;
  }): Promise<{ id: string; path: string; ready: () => Promise<void> }> {
    const id = crypto.randomUUID();
    const folder = join(this.dataDir, 'recordings', id);
    await mkdir(folder, { recursive: true });
    const startedAt = new Date();
    const file = '0000.mkv';
    return {
      id,
      path: join(folder, file),
      ready: async () => {
        const { recordings } = this.db;
        const { width, height, seconds } = part;
        const streamId = crypto.randomUUID();
        await recordings.begin({ id, channelId: this.channelId, streamId, title: 'Bench', startedAt });
        const codec = { videoCodec: 'h264', hasAudio: true } as const;
        const durationMs = seconds * 1_000;
        await recordings.part(id, { ...codec, width, height, durationMs, number: 0, file, startedAt, bytes: 1 });
        await recordings.end(id, { state: 'ready', problem: null, endedAt: new Date() });
      },
    };
  }
}
