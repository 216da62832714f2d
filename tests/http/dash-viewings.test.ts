import { beforeEach, describe, expect, it } from 'vitest';
import type { AppEnv } from '../../src/http/env.ts';
import { FakeApp } from '../support/fake-app.ts';

const VIEWINGS = '/media/live/brook/viewings';
const FIREFOX = { 'user-agent': 'Mozilla/5.0 Firefox/153.0' };

let fake: FakeApp;
let token: string;

beforeEach(async () => {
  fake = new FakeApp();
  const owner = await fake.account('owner', 'owner');
  token = owner.token;
  const { key } = await fake.channel('brook', owner.user.id);
  await fake.call('PATCH', '/channels/brook', { token, body: { isAdaptive: true } });
  await fake.goLive(key);
});

async function open(headers: Record<string, string> = {}): Promise<string> {
  const response = await fake.request(VIEWINGS, { method: 'POST', headers: { ...FIREFOX, ...headers } });
  expect(response.status).toBe(201);
  return response.headers.get('location') ?? '';
}

const report = (viewing: string, body: unknown): Promise<Response> =>
  fake.request(`${viewing}/report`, { method: 'POST', body: JSON.stringify(body) });

async function viewers(): Promise<number | undefined> {
  const channel = await fake.channelStore.bySlug('brook');
  return fake.streams.live(channel?.id ?? '').stream?.viewers;
}

describe('who watches by DASH', () => {
  it('is counted from the POST to his last report, and what he saw is noted', async () => {
    const viewing = await open();
    expect(viewing).toMatch(/^\/media\/live\/brook\/viewings\/[0-9a-f-]{36}$/);
    expect(await viewers()).toBe(1);
    expect((await report(viewing, { joinMs: 2900, height: 480 })).status).toBe(204);
    expect(await viewers()).toBe(1);
    expect((await report(viewing, { joinMs: 2900, stalls: 1, stalledMs: 0, height: 240, isLast: true })).status).toBe(
      204,
    );
    expect(await viewers()).toBe(0);
    await fake.clock.advance(11_000);
    const [row] = [...fake.streamStore.viewers.values()];
    expect(row).toMatchObject({
      client: 'firefox',
      reason: 'deleted',
      played: { joinMs: 2900, stalls: 1, height: 240 },
    });
    expect((await report(viewing, { stalls: 0 })).status).toBe(404);
  });

  it('is nobody where there is no DASH, or no channel', async () => {
    await fake.call('PATCH', '/channels/brook', { token, body: { isAdaptive: false } });
    const refused = await fake.request(VIEWINGS, { method: 'POST' });
    expect([refused.status, await refused.json()]).toMatchObject([404, { type: 'urn:freshet:problem:not_adaptive' }]);
    expect((await fake.request('/media/live/creek/viewings', { method: 'POST' })).status).toBe(404);
    expect((await report(`${VIEWINGS}/nothing`, { stalls: 0 })).status).toBe(404);
  });

  it('of a private channel needs what lets him watch it', async () => {
    await fake.call('PATCH', '/channels/brook', { token, body: { visibility: 'private' } });
    expect((await fake.request(VIEWINGS, { method: 'POST' })).status).toBe(404);
    await open({ authorization: `Bearer ${token}` });
    expect(await viewers()).toBe(1);
  });

  it('says what a report may say, and no more of it than there is to say', async () => {
    const viewing = await open();
    expect((await report(viewing, { stalls: -1 })).status).toBe(422);
    expect((await report(viewing, { more: 'x'.repeat(4000) })).status).toBe(413);
    const answers = await Promise.all(Array.from({ length: 40 }, () => report(viewing, { joinMs: 1 })));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
  });

  it('is one of a thousand behind an address within a minute: each has a row', async () => {
    const bindings = { incoming: { socket: { remoteAddress: '203.0.113.7' } } } as AppEnv['Bindings'];
    const statuses: number[] = [];
    for (let count = 0; count < 1_001; count += 1)
      statuses.push((await fake.app.request(VIEWINGS, { method: 'POST' }, bindings)).status);
    expect(statuses.indexOf(429)).toBe(1_000);
    await open();
  });

  it('may be on any page', async () => {
    const response = await fake.request(`${VIEWINGS}/x/report`, { method: 'OPTIONS' });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  });
});
