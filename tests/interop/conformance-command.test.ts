import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const MAIN = join(import.meta.dirname, 'conformance/main.ts');

async function run(...args: string[]): Promise<{ code: number | null; words: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (words += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, words };
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => request.resume().on('end', () => answer(request, response)));
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/whep/channel`;
}

test('--help says what can be asked, and what the exit code means', async () => {
  const { code, words } = await run('--help');
  expect(code).toBe(0);
  for (const word of ['--whip URL', '--whep URL', '--whep-offline URL', 'Exit code']) expect(words).toContain(word);
});

test.each([
  ['nothing to check', ['--token', 'x'], /Neither --whip nor --whep/],
  ['an unknown option', ['--whop', 'x'], /'--whop'/],
  ['an option without its value', ['--whep'], /--whep/],
  ['no address', ['--whep', 'live.example.org/whep'], /--whep must be an http\(s\) address.*: live\.example\.org/],
  ['an address of another kind', ['--whip', 'rtmp://example.org'], /--whip must be an http\(s\) address/],
  ['a name that nobody has', ['--whep', 'http://nobody.invalid/whep'], /nobody\.invalid\/whep can not be checked: /],
])('%s is said in a line, with exit code 2', async (_, args, message) => {
  const { code, words } = await run(...args);
  expect(words.trim()).toMatch(message);
  expect(words.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(2);
});

test('nobody there is said in a line, with exit code 2', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const { code, words } = await run('--whip', `http://127.0.0.1:${port}/whip`);
  expect(words.trim()).toBe(`http://127.0.0.1:${port}/whip can not be checked: there is no answer: ECONNREFUSED`);
  expect(code).toBe(2);
});

test('where a good offer is refused it says first what may be wrong', async () => {
  const url = await serve((_, response) => {
    response.writeHead(401, { 'content-type': 'application/problem+json' }).end('{"title":"who are you"}');
  });
  const { code, words } = await run('--whep', url);
  expect(words).toMatch(/A good offer is answered 401 \({"title":"who are you"}\).*Is the token right\?/);
  expect(code).toBe(1);
});

test('no answer is too strange for it', async () => {
  const strange: ((response: ServerResponse) => void)[] = [
    (response) => response.socket?.destroy(),
    (response) => response.writeHead(201, { location: 'http://[', 'content-type': 'application/sdp' }).end('v=0'),
    (response) => response.writeHead(201, { location: '/a', link: '<"; rel=,;;<>', etag: '*' }).end('\0\u0001'),
    (response) => response.writeHead(307, { location: '' }).end(),
    (response) => response.writeHead(307, { location: '/whep/channel' }).end(),
    (response) =>
      response.writeHead(406, { 'content-type': 'application/sdp; valid-until="never"', location: '/a' }).end(),
    (response) => response.writeHead(201, { location: '/b', 'content-encoding': 'gzip' }).end('no gzip'),
    (response) => response.writeHead(599).end('x'.repeat(1_000_000)),
    (response) => response.writeHead(201, { location: '/c' }).end('m=\r\nm=video\r\na=\r\n'),
  ];
  let count = 0;
  // The first one is what it looks at before the checks.
  const url = await serve((_, response) => strange[1 + (count++ % (strange.length - 1))]?.(response));
  const gone = await serve((_, response) => strange[count++ % strange.length]?.(response));
  for (const [option, address] of [
    ['--whep', url],
    ['--whip', url],
    ['--whep', gone],
  ] as const) {
    const { code, words } = await run(option, address);
    expect(words).not.toMatch(/^\s+at .*:\d+:\d+/m);
    expect(words).not.toMatch(/undefined|\[object/);
    expect([1, 2]).toContain(code);
  }
});
