import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Database } from '../../src/db/database.ts';
import type { JobRecord } from '../../src/jobs/ports.ts';
import type { RecordingPart } from '../../src/recording/ports.ts';
import { ffmpeg, requireTool } from './tools.ts';
import { until } from './until.ts';

const run = promisify(execFile);

export interface PartSource {
  /** Of ffmpeg: what makes the file, without its name. */
  readonly args: readonly string[];
  readonly part: Pick<RecordingPart, 'videoCodec' | 'hasAudio' | 'width' | 'height' | 'durationMs'>;
}

interface Where {
  readonly db: Database;
  readonly dataDir: string;
  readonly channelId: string;
}

/** A recording as it would be after its end. */
export async function newRecording({ db, dataDir, channelId }: Where, sources: readonly PartSource[]): Promise<string> {
  const id = crypto.randomUUID();
  const folder = join(dataDir, 'recordings', id);
  await mkdir(folder, { recursive: true });
  const startedAt = new Date();
  await db.recordings.begin({ id, channelId, streamId: crypto.randomUUID(), title: 'Morning', startedAt });
  for (const [number, { args, part }] of sources.entries()) {
    const file = `000${number}.webm`;
    await run(requireTool(ffmpeg), ['-v', 'error', ...args, join(folder, file)]);
    await db.recordings.part(id, { ...part, number, file, startedAt, bytes: 1 });
  }
  await db.recordings.end(id, { state: 'ready', problem: null, endedAt: new Date() });
  return id;
}

/** A job of it, when it has ended. */
export async function encode(
  { db, channelId }: Pick<Where, 'db' | 'channelId'>,
  recordingId: string,
  detail = {},
): Promise<JobRecord> {
  const added = await db.jobs.add({ kind: 'renditions', channelId, recordingId, detail });
  if (!added) throw new Error('there is no such recording');
  return await hasEnded(db, added.job);
}

export async function hasEnded(db: Database, { id, attempt }: Pick<JobRecord, 'id' | 'attempt'>): Promise<JobRecord> {
  return await until(
    'the job has ended',
    async () => {
      const job = await db.jobs.byId(id);
      return job?.endedAt && job.attempt > attempt ? job : undefined;
    },
    { timeoutMs: 120_000 },
  );
}
