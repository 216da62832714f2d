import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Authorizer, type AuthorizerOptions, type Question } from '../../src/webhooks/authorizer.ts';
import { mintSigningSecret } from '../../src/webhooks/signing.ts';
import { HookReceiver } from '../support/hook-receiver.ts';

const SECRET = mintSigningSecret();
const play: Question = { action: 'play', channel: 'brook', clientAddress: '203.0.113.9', userAgent: 'tests' };

let receiver: HookReceiver;
let authorizer: Authorizer | undefined;
let log: { msg: string }[];
let nowMs: number;

beforeAll(async () => {
  receiver = await HookReceiver.start();
});
afterAll(() => receiver.close());
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answer = () => ({ status: 204 });
  log = [];
  nowMs = Date.now();
});
afterEach(() => authorizer?.close());

function authorizerWith(more: Partial<AuthorizerOptions> = {}): Authorizer {
  const write = (line: string) => void log.push(JSON.parse(line) as { msg: string });
  authorizer = new Authorizer({
    url: receiver.url,
    secret: SECRET,
    onError: 'refuse',
    log: pino({ level: 'info' }, { write }),
    now: () => nowMs,
    ...more,
  });
  return authorizer;
}

const refusing = (body: string) => () => ({ status: 403, body });

test('the question arrives whole and signed, and a 2xx lets in', async () => {
  expect(await authorizerWith().ask(play)).toEqual({ type: 'allowed' });
  const [hook] = receiver.received;
  expect(new Webhook(SECRET).verify(hook?.body ?? '', hook?.headers as Record<string, string>)).toEqual(play);
});

test.each([
  ['{"reason":"For members only."}', 'For members only.'],
  ['{"reason":"one\\nline,\\u0000 please\\u202e "}', 'one line, please'],
  [`{"reason":"${'x'.repeat(900)}"}`, 'x'.repeat(300)],
  ['{"reason":5}', undefined],
  ['{}', undefined],
  ['null', undefined],
  ['<html>', undefined],
  ['', undefined],
])('a refusal of %j says %j', async (body, reason) => {
  receiver.answer = refusing(body);
  expect(await authorizerWith().ask(play)).toEqual({ type: 'refused', reason });
  receiver.answer = () => ({ status: 401, body });
  expect(await authorizerWith().ask(play)).toEqual({ type: 'refused', reason });
});

test.each([500, 404, 302, 429])('%i is no answer: refused, or allowed where that is wanted', async (status) => {
  receiver.answer = () => ({ status });
  expect(await authorizerWith().ask(play)).toEqual({ type: 'unknown' });
  expect(await authorizerWith({ onError: 'allow' }).ask(play)).toEqual({ type: 'allowed' });
});

test('silence is no answer after three seconds', async () => {
  receiver.answer = () => undefined;
  const startMs = performance.now();
  expect(await authorizerWith().ask(play)).toEqual({ type: 'unknown' });
  expect(performance.now() - startMs).toBeGreaterThan(2_900);
});

test('that it is away is logged once, and once that it is back', async () => {
  const asking = authorizerWith();
  await receiver.close();
  for (let time = 0; time < 3; time += 1) expect(await asking.ask(play)).toEqual({ type: 'unknown' });
  await receiver.listen();
  for (let time = 0; time < 3; time += 1) expect(await asking.ask(play)).toEqual({ type: 'allowed' });
  expect(log.map(({ msg }) => msg)).toEqual(['authorizer does not answer', 'authorizer answers again']);
  expect(JSON.stringify(log)).not.toContain(SECRET);
});

test('a thousand who ask the same at once ask once', async () => {
  receiver.answer = refusing('{"reason":"Full."}');
  const asking = authorizerWith();
  const verdicts = await Promise.all(Array.from({ length: 1000 }, () => asking.ask(play)));
  expect(new Set(verdicts.map((verdict) => JSON.stringify(verdict)))).toEqual(
    new Set(['{"type":"refused","reason":"Full."}']),
  );
  expect(receiver.received).toHaveLength(1);
  await asking.ask({ ...play, clientAddress: '203.0.113.10' });
  expect(receiver.received).toHaveLength(2);
});

test('an answer is kept as long as it says, for its own question', async () => {
  const asking = authorizerWith();
  receiver.answer = () => ({ status: 403, headers: { 'cache-control': 'private, max-age=60' } });
  await asking.ask(play);
  receiver.answer = () => ({ status: 204 });
  nowMs += 59_999;
  expect(await asking.ask(play)).toMatchObject({ type: 'refused' });
  expect(await asking.ask({ ...play, action: 'publish' })).toEqual({ type: 'allowed' });
  nowMs += 1;
  expect(await asking.ask(play)).toEqual({ type: 'allowed' });
  expect(receiver.received).toHaveLength(3);
});

test.each([undefined, 'no-store', 'no-cache, max-age=60', 'max-age=0', 'max-age=soon'])(
  'an answer with %j is not kept',
  async (value) => {
    receiver.answer = () => ({ status: 204, headers: value === undefined ? {} : { 'cache-control': value } });
    const asking = authorizerWith();
    await asking.ask(play);
    await asking.ask(play);
    expect(receiver.received).toHaveLength(2);
  },
);

test('no more than fifty connections, however many ask', async () => {
  const connections = new Set<unknown>();
  receiver.onConnection = (socket) => connections.add(socket);
  const asking = authorizerWith();
  const asked = Array.from({ length: 300 }, (_, i) => asking.ask({ ...play, clientAddress: `203.0.113.${i}` }));
  expect(await Promise.all(asked)).toEqual(asked.map(() => ({ type: 'allowed' })));
  expect(receiver.received).toHaveLength(300);
  expect(connections.size).toBeLessThanOrEqual(50);
});
