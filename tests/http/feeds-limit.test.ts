import { beforeEach, expect, it } from 'vitest';
import { Limits } from '../../src/http/limits.ts';
import { FakeApp } from '../support/fake-app.ts';
import { until } from '../support/until.ts';

const EVENTS = '/api/v1/channels/brook/events';

let fake: FakeApp;

beforeEach(async () => {
  fake = new FakeApp({ limits: new Limits({ isBehindProxy: false, maxHeld: 2 }) });
  await fake.channel('brook', fake.users.add('owner', 'owner').id);
});

const from = async (remoteAddress: string, method = 'GET') =>
  fake.app.request(EVENTS, { method }, { incoming: { socket: { remoteAddress } } });

it('one address can not take the event streams of all others, and has its own back once they end', async () => {
  const [first] = [await from('198.51.100.7'), await from('198.51.100.7')];
  const refused = await from('198.51.100.7');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
  expect((await from('198.51.100.8')).status).toBe(200);
  await first.body?.cancel();
  await until('there is room again', async () => (await from('198.51.100.7')).status === 200);
});

it('a HEAD opens nothing', async () => {
  for (let time = 0; time < 5; time += 1) {
    const response = await from('198.51.100.7', 'HEAD');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  }
  expect((await from('198.51.100.7')).status).toBe(200);
});
