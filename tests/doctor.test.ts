import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runDoctor } from './support/run-doctor.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'freshet-doctor-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const doctor = (env: Readonly<Record<string, string>>, ...args: string[]) =>
  runDoctor({ DATA_DIR: join(folder, 'data'), MEDIA_THREADS: '1', ...env }, ...args);

/** A port that nobody has, for a moment at least. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

/** Answers as a server does that has this to say. */
async function fakeServer(health: { status: number; body: object }) {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/healthz') return response.end('{}');
    asked.push(request.headers.authorization);
    return response.writeHead(health.status, { 'content-type': 'application/json' }).end(JSON.stringify(health.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, close: () => server.close() };
}

test('of a server that does not run it tells which port is taken, and fails', async () => {
  const taken = createSocket('udp4').bind(0, '0.0.0.0');
  await once(taken, 'listening');
  const { port } = taken.address();
  const { code, said } = await doctor({ PORT: await freePort(), MEDIA_PORT: String(port) });
  taken.close();
  expect(code, said).toBe(1);
  expect(said).toMatch(/No server answers at http:\/\/localhost:\d+/);
  expect(said).toMatch(new RegExp(`FAULT +UDP ${port} +Another program has it already`));
  expect(said).toMatch(/ok +Data folder/);
});

test('what is wrong with the environment is told, and never a secret', async () => {
  const { code, said } = await doctor({ PORT: 'eighty', TURN_SECRET: 'hush-hush' });
  expect(code).toBe(1);
  expect(said.replaceAll(/\s+/g, ' ')).toContain('FAULT Configuration PORT: must be a whole number');
  expect(said).not.toContain('hush-hush');
});

test('of a server that runs it tells what that says, and where a browser can tell more', async () => {
  const findings = [
    { subject: 'Database', level: 'ok', found: 'It answers.' },
    { subject: 'Disk', level: 'warning', found: '/data has 900 MiB left.', cure: 'Make room.' },
  ];
  const server = await fakeServer({ status: 200, body: { now: 'x', findings } });
  const token = 'a'.repeat(32);
  const { code, said } = await doctor({ ADMIN_TOKEN: token }, server.url);
  server.close();
  expect(code, said).toBe(0);
  expect(server.asked).toEqual([`Bearer ${token}`]);
  expect(said).toMatch(/warning +Disk +\/data has 900 MiB left\.\n +> Make room\./);
  expect(said).toContain(`${server.url}/admin`);
});

test('a server that does not tell strangers how it is says what it wants', async () => {
  const server = await fakeServer({ status: 401, body: {} });
  const { code, said } = await doctor({}, server.url);
  server.close();
  expect(code).toBe(1);
  expect(said).toContain('ADMIN_TOKEN');
});

test('a server elsewhere that does not answer is a fault', async () => {
  const { code, said } = await doctor({}, `http://127.0.0.1:${await freePort()}`);
  expect(code).toBe(1);
  expect(said).toContain('Nothing that is Freshet answers');
});
