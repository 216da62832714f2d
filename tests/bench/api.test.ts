import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { statusOfWhole } from '../../bench/api/answer.ts';
import { type Answered, ApiClient } from '../../bench/api/api-client.ts';
import { requestsOf } from '../../bench/api/request-mix.ts';
import { until } from '../support/until.ts';

const subject = { slug: 'bench-1', streamId: 'S', keyId: 'K' };
const requests = requestsOf(subject, { host: 'localhost:1', token: 'frt_1' });
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

test('a round of requests is twenty, of which one changes something, and the same kinds are spread over it', () => {
  const lines = requests.map((bytes) => bytes.toString().split(' HTTP/1.1')[0] ?? '');
  expect(lines).toHaveLength(20);
  expect(lines.filter((line) => line.startsWith('PATCH'))).toEqual(['PATCH /api/v1/channels/bench-1/keys/K']);
  const live = lines.flatMap((line, at) => (line.endsWith('/live') ? [at] : []));
  const gaps = live.slice(1).map((at, index) => at - (live[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(1);
});

test.each([
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 5],
  ['HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n', 4],
  ['HTTP/1.1 429 Too Many Requests\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n', 1],
])('an answer is whole with its last byte and no sooner: %j', (text, missing) => {
  const bytes = Buffer.from(text);
  expect(statusOfWhole(bytes)).toBe(Number(text.slice(9, 12)));
  expect(statusOfWhole(bytes.subarray(0, bytes.length - missing))).toBeUndefined();
});

test('a client has one request on its way at a time, and counts from when each was due', async () => {
  const waiting: (() => void)[] = [];
  const port = await serve((answer) => waiting.push(answer));
  const answers: Answered[] = [];
  const client = clientOf(port, (answered) => answers.push(answered));
  const dueMs = performance.now() - 5_000;
  client.ask(dueMs);
  client.ask(dueMs);
  await until('one came', () => waiting.length === 1);
  expect(client.unanswered).toBe(2);
  waiting.pop()?.();
  await until('the other came', () => waiting.length === 1);
  waiting.pop()?.();
  await until('both are answered', () => answers.length === 2);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(Math.min(...answers.map(({ tookMs }) => tookMs))).toBeGreaterThanOrEqual(5_000);
});

test('requests on a connection that breaks have failed', async () => {
  const answers: Answered[] = [];
  const port = await serve((_, end) => end());
  const client = clientOf(port, (answered) => answers.push(answered));
  client.ask(performance.now());
  client.ask(performance.now());
  await until('both have failed', () => answers.length === 2);
  expect(answers.map(({ status }) => status)).toEqual([0, 0]);
});

function clientOf(port: number, onAnswer: (answered: Answered) => void): ApiClient {
  const client = new ApiClient({ port, host: '127.0.0.1', requests, place: 0, onAnswer });
  closers.push(() => client.close());
  return client;
}

async function serve(onRequest: (answer: () => void, end: () => void) => void): Promise<number> {
  const server = createServer((request, response) => {
    request.resume();
    onRequest(
      () => response.end('{}'),
      () => request.socket.destroy(),
    );
  });
  closers.push(() => server.close());
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return (server.address() as AddressInfo).port;
}
