import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { newFolder, query, silentLog } from '../support/database.ts';
import { descendants, isRunning } from '../support/processes.ts';
import { until } from '../support/until.ts';

let dataDir: string;
const opened: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  dataDir = await newFolder();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(opened.splice(0).map((postgres) => postgres.close()));
  await rm(dataDir, { recursive: true, force: true });
});

async function open(): Promise<EmbeddedPostgres> {
  const postgres = await EmbeddedPostgres.start({ dataDir, log: silentLog });
  opened.push(postgres);
  return postgres;
}

const postmasterPid = async () =>
  Number((await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]);

/** A writing server, and the numbers it has acknowledged so far. */
function startWriter(...mode: string[]): { child: ChildProcess; acknowledged: number[] } {
  const child = spawn(process.execPath, ['tests/support/database-writer.ts', dataDir, ...mode], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  const acknowledged: number[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => acknowledged.push(Number(line)));
  return { child, acknowledged };
}

async function kill9(pids: readonly number[]): Promise<void> {
  for (const pid of pids) killOne(pid);
  await until('the killed have ended', () => !pids.some(isRunning));
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself when its server did.
  }
}

async function missing(postgres: EmbeddedPostgres, acknowledged: readonly number[]): Promise<number[]> {
  const rows = await query<{ n: string }>(postgres.connection, 'SELECT n FROM written');
  const kept = new Set(rows.map(({ n }) => Number(n)));
  return acknowledged.filter((n) => !kept.has(n));
}

test('a database keeps what is in it from one start to the next', async () => {
  const first = await open();
  await query(first.connection, 'CREATE TABLE fish AS SELECT 7 AS n');
  await first.close();
  await first.close();
  const second = await open();
  expect(await query(second.connection, 'SELECT n FROM fish')).toEqual([{ n: 7 }]);
});

test('nobody else can reach the database, and no acknowledged write waits in a cache', async () => {
  const { connection } = await open();
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
  expect(await modeOf(connection.host)).toBe(0o700);
  expect(await modeOf(join(dataDir, 'postgres'))).toBe(0o700);
  expect(await modeOf(join(dataDir, 'lock'))).toBe(0o600);
  const settings = `SELECT name, setting FROM pg_settings
    WHERE name IN ('listen_addresses', 'fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name`;
  expect(await query(connection, settings)).toEqual([
    { name: 'fsync', setting: 'on' },
    { name: 'full_page_writes', setting: 'on' },
    { name: 'listen_addresses', setting: '' },
    { name: 'synchronous_commit', setting: 'on' },
  ]);
});

test('a closed database leaves no process, no socket and no lock behind', async () => {
  const postgres = await open();
  const pid = await postmasterPid();
  await postgres.close();
  expect(isRunning(pid)).toBe(false);
  await expect(stat(postgres.connection.host)).rejects.toThrow('ENOENT');
  await open();
});

test('a second server on the same folder is refused, and the first goes on', async () => {
  const first = await open();
  await expect(open()).rejects.toThrow(`another Freshet is running on ${dataDir}`);
  const { child } = startWriter();
  const [code] = await once(child, 'exit');
  expect(code).toBe(1);
  expect(await query(first.connection, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
});

test('a folder that cannot be made or written is named', async () => {
  await writeFile(join(dataDir, 'file'), '');
  dataDir = join(dataDir, 'file/data');
  await expect(open()).rejects.toThrow(`DATA_DIR ${dataDir} cannot be used: ENOTDIR`);
  dataDir = join(dataDir, '../..');
});

test('every acknowledged write survives the power cut: server and database killed at once, three times', async () => {
  const acknowledged: number[] = [];
  for (const enough of [1, 150, 400]) {
    const writer = startWriter();
    await until('the server has written', () => writer.acknowledged.length >= enough, { everyMs: 5 });
    await kill9([writer.child.pid ?? 0, ...descendants(writer.child.pid ?? 0)]);
    acknowledged.push(...writer.acknowledged);
  }
  const postgres = await open();
  expect(acknowledged.length).toBeGreaterThanOrEqual(551);
  expect(await missing(postgres, acknowledged)).toEqual([]);
});

test('a database ends with its killed server, and the next start finds every acknowledged write', async () => {
  const { child, acknowledged } = startWriter();
  await until('the server has written', () => acknowledged.length >= 100, { everyMs: 5 });
  const pid = await postmasterPid();
  await kill9([child.pid ?? 0]);
  await until('the database has ended too', () => !isRunning(pid));
  expect(await missing(await open(), acknowledged)).toEqual([]);
});

test('a database that outlived its killed server is stopped by the next start, which finds every acknowledged write', async () => {
  const { child, acknowledged } = startWriter('leaves-orphan');
  await until('the server has written', () => acknowledged.length >= 100, { everyMs: 5 });
  const orphan = await postmasterPid();
  await kill9([child.pid ?? 0]);
  expect(isRunning(orphan)).toBe(true);
  const postgres = await open();
  expect(isRunning(orphan)).toBe(false);
  expect(await missing(postgres, acknowledged)).toEqual([]);
});

test('a process that merely has the id of the old database is left alone', async () => {
  await (await open()).close();
  const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
  children.push(bystander);
  await writeFile(
    join(dataDir, 'postgres/postmaster.pid'),
    `${bystander.pid}\n${dataDir}/postgres\n1795256277\n5432\n/tmp\n\n`,
  );
  await open();
  expect(isRunning(bystander.pid ?? 0)).toBe(true);
});

test('a kill while the database is being made leaves nothing half-made', async () => {
  const { child } = startWriter();
  const isBeingMade = async () => {
    const unfinished = (await readdir(dataDir)).find((name) => name.startsWith('postgres.unfinished-'));
    return unfinished !== undefined && (await readdir(join(dataDir, unfinished))).length > 0 && unfinished;
  };
  const unfinished = await until('the database is being made', isBeingMade, { everyMs: 1 });
  await kill9([child.pid ?? 0, ...descendants(child.pid ?? 0)]);
  expect(await readdir(dataDir)).toContain(unfinished);
  const postgres = await open();
  expect(await readdir(dataDir)).toEqual(['lock', 'postgres', 'postgres-socket']);
  expect(await query(postgres.connection, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
});

test('a database that ends by itself is started again, with all that was written', async () => {
  const { connection } = await open();
  await query(connection, 'CREATE TABLE fish AS SELECT 7 AS n');
  await kill9([await postmasterPid()]);
  const rows = await until('it answers again', () => query(connection, 'SELECT n FROM fish'));
  expect(rows).toEqual([{ n: 7 }]);
});

test('a database that does not start says why in its own words, and gives the folder back', async () => {
  await (await open()).close();
  const version = join(dataDir, 'postgres/PG_VERSION');
  const current = await readFile(version, 'utf8');
  await writeFile(version, '9.6\n');
  await expect(open()).rejects.toThrow(/did not start: exit code 1[\s\S]*initialized by PostgreSQL version 9.6/);
  await writeFile(version, current);
  await open();
});

test('a folder whose path is too long for a socket serves as well', async () => {
  const short = dataDir;
  dataDir = join(short, 'long'.repeat(20), 'longer'.repeat(20));
  await mkdir(dataDir, { recursive: true });
  const postgres = await open();
  expect(await query(postgres.connection, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  await postgres.close();
  await rm(short, { recursive: true });
});
