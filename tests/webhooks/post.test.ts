import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { post } from '../../src/webhooks/post.ts';
import { HookReceiver } from '../support/hook-receiver.ts';

let receiver: HookReceiver;

beforeAll(async () => {
  receiver = await HookReceiver.start();
});
afterAll(() => receiver.close());
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answer = () => ({ status: 204 });
});

const send = (more: Partial<Parameters<typeof post>[0]> = {}) =>
  post({ url: receiver.url, headers: { 'x-a': 'b' }, body: '{"ö":1}', isPrivateAllowed: true, ...more });

test('sends body and headers, and tells the answer', async () => {
  receiver.answer = () => ({ status: 201, body: 'thanks' });
  expect(await send()).toEqual({
    responseStatus: 201,
    responseBody: 'thanks',
    problem: null,
    durationMs: expect.any(Number),
  });
  expect(receiver.received).toMatchObject([{ path: '/hook', body: '{"ö":1}', headers: { 'x-a': 'b' } }]);
});

test('keeps the first KiB of a long answer, in a form that can be stored', async () => {
  receiver.answer = () => ({ status: 500, body: `\0${'x'.repeat(1_000_000)}` });
  const { responseBody, responseStatus } = await send();
  expect([responseStatus, responseBody]).toEqual([500, `\ufffd${'x'.repeat(1023)}`]);
});

test('follows no redirect', async () => {
  receiver.answer = () => ({ status: 307, headers: { location: '/elsewhere' } });
  expect(await send()).toMatchObject({ responseStatus: 307 });
  expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
});

test('gives up on who does not answer', async () => {
  receiver.answer = () => undefined;
  expect(await send({ timeoutMs: 100 })).toMatchObject({ responseStatus: null, problem: 'no answer within 0.1 s' });
});

test('says that nobody listens', async () => {
  await receiver.close();
  expect((await send()).problem).toContain('ECONNREFUSED');
  await receiver.listen();
});

test('does not connect to what it may not reach', async () => {
  const { port } = new URL(receiver.url);
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
    const { problem } = await send({ url: `http://${host}:${port}/`, isPrivateAllowed: false });
    expect(problem).toContain('may not reach');
  }
  expect(receiver.received).toEqual([]);
});
