import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import type { JobRecord } from '../../src/jobs/ports.ts';
import { newChannel, newFolder, newOwner, TestPostgres } from '../support/database.ts';
import { descendants, isRunning } from '../support/processes.ts';
import { until } from '../support/until.ts';

let postgres: TestPostgres;
let db: Database;
let channelId: string;
let dataDir: string;
const processes: ChildProcess[] = [];

beforeAll(async () => {
  postgres = await TestPostgres.start();
  db = await postgres.open();
  const { id: ownerId } = await newOwner(db);
  channelId = (await newChannel(db, { slug: 'ann', ownerId })).id;
  dataDir = await newFolder();
});
afterEach(async () => {
  for (const child of processes.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});
afterAll(async () => {
  await db.close();
  await postgres.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Resolves once it takes jobs; `lines` grows. */
async function startTranscoder(): Promise<{ child: ChildProcess; lines: string[] }> {
  const child = spawn(process.execPath, ['tests/transcoder/slow-transcoder.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, DATABASE_URL: db.url },
  });
  processes.push(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await until('the transcoder is ready', () => lines.some((line) => line.includes('transcoder ready')));
  return { child, lines };
}

async function newJob(detail: Record<string, unknown>): Promise<JobRecord> {
  const added = await db.jobs.add({ kind: 'renditions', channelId, streamId: crypto.randomUUID(), detail });
  if (!added) throw new Error('there is no such channel');
  return added.job;
}

async function jobIs(id: string, wanted: Partial<JobRecord>, timeoutMs = 30_000): Promise<JobRecord> {
  const isSo = (job: JobRecord) =>
    Object.entries(wanted).every(([name, value]) => job[name as keyof JobRecord] === value);
  return await until(
    `the job is ${JSON.stringify(wanted)}`,
    async () => {
      const job = await db.jobs.byId(id);
      return job && isSo(job) ? job : undefined;
    },
    { timeoutMs },
  );
}

const ffmpegOf = (child: ChildProcess) => descendants(child.pid ?? 0);

test('a job is begun at once, tells how far it is, and is done', async () => {
  await startTranscoder();
  const { id } = await newJob({ seconds: 2 });
  const running = await until('it tells progress', async () => {
    const job = await db.jobs.byId(id);
    return job?.status === 'running' && job.progress > 0 ? job : undefined;
  });
  expect(running).toMatchObject({ attempt: 1, problem: null, endedAt: null });
  expect(await jobIs(id, { status: 'done' })).toMatchObject({ progress: 1, failures: 0, problem: null });
});

test('the job of a transcoder that was killed is taken up by another within 15 seconds, and ends once', async () => {
  const first = await startTranscoder();
  const { id } = await newJob({ seconds: 4 });
  await jobIs(id, { status: 'running' });
  const second = await startTranscoder();
  first.child.kill('SIGKILL');
  const killedMs = performance.now();
  await jobIs(id, { status: 'running', attempt: 2 });
  expect(performance.now() - killedMs).toBeLessThan(20_000);
  expect(await jobIs(id, { status: 'done' })).toMatchObject({ attempt: 2, failures: 1 });
  expect(second.lines.filter((line) => line.includes('attempt ended'))).toHaveLength(1);
}, 60_000);

test('a transcoder that was thought dead can neither end the job of another nor go on with it', async () => {
  const first = await startTranscoder();
  const { id } = await newJob({ seconds: 6 });
  await jobIs(id, { status: 'running' });
  first.child.kill('SIGSTOP');
  await startTranscoder();
  await jobIs(id, { status: 'running', attempt: 2 });
  first.child.kill('SIGCONT');
  await until('it learns that it lost the job', () => first.lines.some((line) => line.includes('"outcome":"lost"')));
  expect(await jobIs(id, { status: 'done' })).toMatchObject({ attempt: 2 });
}, 60_000);

test('cancelling kills ffmpeg within a second', async () => {
  const { child } = await startTranscoder();
  const { id } = await newJob({ hasFfmpeg: true });
  const [pid = 0] = await until('ffmpeg runs', () => (ffmpegOf(child).length > 0 ? ffmpegOf(child) : undefined));
  const cancelledMs = performance.now();
  expect(await db.jobs.cancel(id)).toMatchObject({ status: 'cancelled' });
  await until('ffmpeg is gone', () => !isRunning(pid));
  expect(performance.now() - cancelledMs).toBeLessThan(1_500);
  expect(await db.jobs.byId(id)).toMatchObject({ status: 'cancelled', failures: 0 });
});

test('a transcoder that is told to end hands its job back, leaves nothing behind, and another does it', async () => {
  const { child } = await startTranscoder();
  const { id } = await newJob({ seconds: 3 });
  await jobIs(id, { status: 'running' });
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(child.exitCode).toBe(0);
  expect(await db.jobs.byId(id)).toMatchObject({ status: 'queued', failures: 0 });
  expect(await readdir(join(dataDir, 'work'))).toEqual([]);
  await startTranscoder();
  expect(await jobIs(id, { status: 'done' })).toMatchObject({ attempt: 2, failures: 0 });
}, 40_000);

test('what fails is tried again later, and for good after the third time; asked for anew it has three more', async () => {
  await startTranscoder();
  const twice = await newJob({ failures: 2 });
  expect(await jobIs(twice.id, { status: 'done' })).toMatchObject({ attempt: 3 });
  const always = await newJob({ failures: 9 });
  expect(await jobIs(always.id, { status: 'failed' })).toMatchObject({ problem: 'failed 3 times', attempt: 3 });
  expect(await db.jobs.retry(always.id)).toMatchObject({ status: 'queued', problem: null });
  expect(await jobIs(always.id, { status: 'failed' })).toMatchObject({ attempt: 6 });
}, 60_000);

test('what a killed transcoder left goes when the next one starts, its ffmpeg too', async () => {
  const { child } = await startTranscoder();
  const { id } = await newJob({ hasFfmpeg: true });
  const [pid = 0] = await until('ffmpeg runs', () => (ffmpegOf(child).length > 0 ? ffmpegOf(child) : undefined));
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isRunning(pid)).toBe(true);
  await db.jobs.cancel(id);
  await startTranscoder();
  await until('ffmpeg is gone', () => !isRunning(pid));
  expect(await readdir(join(dataDir, 'work'))).toHaveLength(1);
});
