import { beforeEach, expect, it } from 'vitest';
import type { AppEnv } from '../../src/http/env.ts';
import { Limits } from '../../src/http/limits.ts';
import { ADMIN_TOKEN, FakeApp } from '../support/fake-app.ts';

const SHARE = 5;

let fake: FakeApp;

beforeEach(() => {
  fake = new FakeApp({ limits: new Limits({ isBehindProxy: false, apiPerMinute: SHARE }) });
});

function ask(token?: string, from = '203.0.113.7', path = '/channels') {
  const bindings = { incoming: { socket: { remoteAddress: from } } } as AppEnv['Bindings'];
  const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` });
  return fake.app.request(`/api/v1${path}`, { headers }, bindings);
}

async function statuses(times: number, ...asked: Parameters<typeof ask>) {
  const found: number[] = [];
  for (let time = 0; time < times; time += 1) found.push((await ask(...asked)).status);
  return found;
}

const left = (response: Response) => response.headers.get('ratelimit');

it('every answer tells the share, what is left of it, and when it is whole again', async () => {
  for (const [i, path] of ['/channels', '/channels/nothing', '/nothing', '/tokens'].entries()) {
    const response = await ask(undefined, '203.0.113.7', path);
    expect(response.headers.get('ratelimit-policy')).toBe(`"api";q=${SHARE};w=60`);
    expect(left(response)).toMatch(new RegExp(`^"api";r=${SHARE - 1 - i};t=(60|59)$`));
  }
});

it('who has used it up is told how long to wait', async () => {
  await statuses(SHARE);
  const refused = await ask();
  expect([refused.status, refused.headers.get('content-type')]).toEqual([429, 'application/problem+json']);
  expect(left(refused)).toMatch(/^"api";r=0;t=\d+$/);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
});

it('an office behind one address is as many clients as it has tokens', async () => {
  const tokens = [(await fake.account('ann', 'streamer')).token, (await fake.account('bob', 'streamer')).token];
  for (const token of tokens) expect(await statuses(SHARE - 1, token)).toEqual([200, 200, 200, 200]);
  expect((await statuses(SHARE + 1)).at(-1)).toBe(429);
  for (const token of tokens) expect(await statuses(2, token)).toEqual([200, 429]);
  // Nobody new is looked up for an address that has used up its share.
  expect(await statuses(1, ADMIN_TOKEN)).toEqual([429]);
  expect(await statuses(1, ADMIN_TOKEN, '203.0.113.8')).toEqual([200]);
});

it('guessed tokens are counted together, and cost the database nothing once the share is used up', async () => {
  const seen: string[] = [];
  const { apiTokens } = fake.accounts;
  const authenticate = apiTokens.authenticate.bind(apiTokens);
  apiTokens.authenticate = (token) => {
    seen.push(token);
    return authenticate(token);
  };
  const found: number[] = [];
  for (let i = 0; i < 20; i += 1) found.push((await ask(`frt_guess${i}`, '203.0.113.7', '/tokens')).status);
  expect(found).toEqual([...Array<number>(SHARE).fill(401), ...Array<number>(20 - SHARE).fill(429)]);
  expect(seen).toHaveLength(SHARE);
});

it('an IPv6 household is one client, and this machine is none', async () => {
  await statuses(SHARE, undefined, '2001:db8::1');
  expect(await statuses(1, undefined, '2001:db8::2')).toEqual([429]);
  expect(await statuses(1, undefined, '2001:db8:0:1::1')).toEqual([200]);
  expect(await statuses(SHARE * 3, undefined, '127.0.0.1')).not.toContain(429);
});
