import { beforeEach, describe, expect, it } from 'vitest';
import type { AppEnv } from '../../src/http/env.ts';
import { ADMIN_TOKEN, FakeApp } from '../support/fake-app.ts';
import { chromiumPlayOffer } from '../support/offers.ts';
import { seesAllWell } from '../support/server-facts.ts';

let fake: FakeApp;

beforeEach(() => {
  fake = new FakeApp({ turn: { urls: ['turn:turn.example.org', 'stun:turn.example.org'], secret: 'hush' } });
});

const offer = { thread: 0, offer: chromiumPlayOffer };
const routes: [method: string, path: string, body?: object][] = [
  ['GET', '/health'],
  ['POST', '/health/browser', seesAllWell],
  ['GET', '/health/events'],
  ['POST', '/health/upload', { padding: 'x'.repeat(50_000) }],
  ['GET', '/reachability'],
  ['POST', '/reachability', offer],
  ['DELETE', '/reachability/probe-none'],
];

it.each(routes)('%s %s is for the owner alone', async (method, path, body) => {
  const status = async (token?: string) => {
    const response = await fake.call(method, path, { ...(token !== undefined && { token }), ...(body && { body }) });
    await response.body?.cancel();
    return response.status;
  };
  const tokenOf = async (role: 'owner' | 'streamer' | 'viewer') => (await fake.account(role, role)).token;
  for (const token of [ADMIN_TOKEN, await tokenOf('owner')]) expect([200, 201, 204]).toContain(await status(token));
  expect(await status(await tokenOf('streamer'))).toBe(403);
  expect(await status(await tokenOf('viewer'))).toBe(403);
  expect(await status()).toBe(401);
  expect(await status('frt_nonsense')).toBe(401);
});

describe('GET /health', () => {
  const ask = (remoteAddress: string) => {
    const bindings = { incoming: { socket: { remoteAddress } } } as AppEnv['Bindings'];
    return Promise.resolve(fake.app.request('http://127.0.0.1:8080/api/v1/health', {}, bindings));
  };

  it('tells whoever is on this machine, and nobody elsewhere', async () => {
    const response = await ask('127.0.0.1');
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect((await ask('198.51.100.7')).status).toBe(401);
  });
});

describe('reachability', () => {
  const call = (method: string, path: string, body?: unknown) =>
    fake.call(method, path, { token: ADMIN_TOKEN, ...(body !== undefined && { body }) });

  it('names the threads and the relays, with credentials for those that want some', async () => {
    const { threads, iceServers } = (await (await call('GET', '/reachability')).json()) as Record<string, object[]>;
    expect(threads).toEqual([{ thread: 0, port: 8189 }]);
    expect(iceServers).toEqual([
      { urls: 'turn:turn.example.org', username: expect.stringMatching(/^\d+:\w+$/), credential: expect.any(String) },
      { urls: 'stun:turn.example.org' },
    ]);
  });

  it('opens a session on the media plane, and closes it', async () => {
    const opened = await call('POST', '/reachability', offer);
    const { id, answer } = (await opened.json()) as { id: string; answer: string };
    expect(answer).toMatch(/^v=0\r\n/);
    expect(fake.media.sessions.has(id)).toBe(true);
    expect((await call('DELETE', `/reachability/${id}`)).status).toBe(204);
    expect(fake.media.sessions.has(id)).toBe(false);
  });

  it('refuses what is no offer', async () => {
    expect((await call('POST', '/reachability', { thread: 0, offer: 'v=1' })).status).toBe(400);
  });
});
