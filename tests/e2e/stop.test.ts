import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { EventReader } from '../support/event-reader.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { descendants, isRunning } from '../support/processes.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const STOP_MS = 10_000;
const folder = mkdtempSync(join(tmpdir(), 'freshet-stop-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function stoppedIn(server: Server): Promise<{ code: number | null; ms: number }> {
  const startMs = performance.now();
  return { code: await server.stop(), ms: performance.now() - startMs };
}

test('whoever listens is told that the stream is over before the server goes', async () => {
  const server = await Server.start();
  const api = await Api.setUp(server);
  const { slug, key } = await api.createChannel('goodbye');
  const media = await makeMedia({ seconds: 2 });
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  await until('the stream is live', async () => (await api.live(slug)).state === 'live');
  const events = new EventReader(await fetch(`${server.url}/api/v1/channels/${slug}/events`));
  expect(await events.next()).toMatchObject({ name: 'live', data: { state: 'live' } });

  const stopping = stoppedIn(server);
  const told: unknown[] = [];
  for (
    let event = await events.next().catch(() => undefined);
    event;
    event = await events.next().catch(() => undefined)
  ) {
    told.push(event);
  }
  expect(told).toContainEqual(expect.objectContaining({ data: expect.objectContaining({ state: 'offline' }) }));
  const { code, ms } = await stopping;
  expect(code).toBe(0);
  expect(ms).toBeLessThan(STOP_MS);
  obs.vanish();
});

test('a second SIGTERM, as npm sends at Ctrl-C, does not cut the first one short', async () => {
  const server = await Server.start({ dataDir: join(folder, 'twice') });
  const children = descendants(server.pid);
  process.kill(server.pid, 'SIGTERM');
  process.kill(server.pid, 'SIGINT');
  const { code } = await stoppedIn(server);
  expect(code).toBe(0);
  expect(children.filter(isRunning)).toEqual([]);
  expect(server.log.at(-1)?.msg).toBe('stopped');
});

test('stopped while it starts, at whatever moment, it leaves nothing running', async () => {
  for (const moment of ['database made', 'database migrated', 'media threads started'] as const) {
    const dataDir = join(folder, moment.replaceAll(' ', '-'));
    const { child, said } = startBare(dataDir);
    const seen: number[] = [];
    await until(`it said ${moment}`, () => said().includes(moment));
    seen.push(...descendants(child.pid ?? 0));
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    expect(child.exitCode, said()).toBe(0);
    expect(seen.filter(isRunning), moment).toEqual([]);
  }
});

test('a database that died just before does not keep the server from stopping in time', async () => {
  const server = await Server.start({ dataDir: join(folder, 'orphan') });
  await Api.setUp(server);
  const postmaster = descendants(server.pid).find((pid) => commandOf(pid).includes('postgres'));
  process.kill(postmaster ?? 0, 'SIGKILL');
  const { code, ms } = await stoppedIn(server);
  expect(code, server.output()).toBe(0);
  expect(ms).toBeLessThan(STOP_MS);
});

function startBare(dataDir: string): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, ['src/main.ts'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      MEDIA_PORT: '0',
      MEDIA_THREADS: '1',
      DATA_DIR: dataDir,
    },
  });
  let words = '';
  child.stdout.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  void text(child.stderr).then((complaint) => {
    words += complaint;
  });
  return { child, said: () => words };
}

const commandOf = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};
