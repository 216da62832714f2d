import { beforeEach, describe, expect, it } from 'vitest';
import { Limits } from '../../src/http/limits.ts';
import { ADMIN_TOKEN, FakeApp } from '../support/fake-app.ts';

const account = { name: 'Nora', password: 'correct horse battery' };

let fake: FakeApp;

beforeEach(() => {
  fake = new FakeApp();
});

const body = async (response: Response) => (await response.json()) as Record<string, unknown>;
const setUp = async (more: object = {}) =>
  fake.call('POST', '/setup', { body: { token: await fake.accounts.setUp.token(), ...account, ...more } });
const login = (given: object = account) => fake.call('POST', '/login', { body: given });
const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';

const post = (path: string, headers: Record<string, string>, given: unknown = {}) =>
  fake.request(`http://live.example/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(given),
  });

describe('set-up', () => {
  it('makes the owner with the one-time token, and logs him in', async () => {
    expect(await body(await fake.call('GET', '/setup'))).toEqual({ needed: true });
    const response = await setUp();
    expect(response.status).toBe(201);
    expect(await body(response.clone())).toMatchObject({ name: 'Nora', role: 'owner' });
    expect(response.headers.getSetCookie()[0]).toMatch(/HttpOnly/);
    const me = await fake.request('/api/v1/me', { headers: { cookie: cookieOf(response) } });
    expect(await body(me)).toMatchObject({ name: 'Nora' });
    expect(await body(await fake.call('GET', '/setup'))).toEqual({ needed: false });
  });

  it('is done once', async () => {
    const token = await fake.accounts.setUp.token();
    await setUp();
    expect((await fake.call('POST', '/setup', { body: { token, ...account } })).status).toBe(403);
    expect(await fake.accounts.setUp.token()).toBeUndefined();
    expect((await fake.call('POST', '/setup', { token: ADMIN_TOKEN, body: account })).status).toBe(409);
  });

  it('makes one owner though two ask at once', async () => {
    const responses = await Promise.all([setUp(), setUp({ name: 'Olaf' })]);
    expect(responses.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    expect(fake.users.rows.size).toBe(1);
  });

  it.each([
    ['a wrong token', { token: 'wrong' }, 403],
    ['no token', { token: undefined }, 403],
    ['a short password', { password: 'short' }, 422],
    ['a password of one letter', { password: 'aaaaaaaaaaaa' }, 422],
    ['the name for a password', { name: 'nora-nora', password: 'Nora-Nora' }, 422],
    ['a huge password', { password: 'ab1'.repeat(200) }, 422],
    ['an empty name', { name: ' ' }, 422],
    ['markup for a name', { name: '<b>Nora</b>' }, 422],
  ])('is refused with %s', async (_, more, status) => {
    const response = await setUp(more);
    expect(response.status).toBe(status);
    expect(fake.users.rows.size).toBe(0);
  });

  it('takes the administrator’s token in place of the link', async () => {
    expect((await fake.call('POST', '/setup', { token: ADMIN_TOKEN, body: account })).status).toBe(201);
  });
});

describe('login', () => {
  beforeEach(async () => {
    await setUp();
  });

  it('opens a session in a cookie that scripts and other sites cannot use', async () => {
    const response = await login({ name: ' nora ', password: account.password });
    expect(response.status).toBe(200);
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^freshet_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await fake.request('/api/v1/me', { headers: { cookie: cookieOf(response) } })).status).toBe(200);
  });

  it('marks the cookie Secure behind https', async () => {
    fake = new FakeApp({ publicUrl: new URL('https://live.example') });
    await setUp();
    expect((await login()).headers.getSetCookie()[0]).toMatch(/; Secure/);
  });

  it('says the same of an unknown name and of a wrong password', async () => {
    const wrong = await login({ name: 'Nora', password: 'not the password' });
    const unknown = await login({ name: 'Nobody', password: 'not the password' });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(await body(wrong)).toEqual(await body(unknown));
  });

  it('is limited, and a right password clears the count', async () => {
    for (let time = 0; time < 8; time += 1) expect((await login({ name: 'Nora', password: 'wrong' })).status).toBe(401);
    expect((await login()).status).toBe(200);
    for (let time = 0; time < 10; time += 1)
      expect((await login({ name: 'Nora', password: 'wrong' })).status).toBe(401);
    const refused = await login();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
  });

  it('ends by logout', async () => {
    const cookie = cookieOf(await login());
    const response = await fake.request('/api/v1/logout', { method: 'POST', headers: { cookie } });
    expect(response.status).toBe(204);
    expect(response.headers.getSetCookie()[0]).toMatch(/^freshet_session=; Max-Age=0/);
    expect((await fake.request('/api/v1/me', { headers: { cookie } })).status).toBe(401);
  });

  it('keeps no token and no password in the clear', async () => {
    const cookie = cookieOf(await login()).split('=')[1] ?? '';
    const kept = JSON.stringify([[...fake.sessions.rows], [...fake.users.rows]]);
    expect(kept).toContain('$argon2id$');
    expect(kept).not.toContain(cookie);
    expect(kept).not.toContain(account.password);
    expect(fake.log.join('\n')).not.toContain(cookie);
  });
});

describe('a session cookie', () => {
  let cookie: string;

  beforeEach(async () => {
    cookie = cookieOf(await setUp());
  });

  it.each([
    ['our own page', { 'sec-fetch-site': 'same-origin', origin: 'http://live.example' }, 201],
    ['our own page in an older browser', { origin: 'http://live.example' }, 201],
    ['a script that is no browser', {}, 201],
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'http://evil.example' }, 403],
    ['a sibling domain', { 'sec-fetch-site': 'same-site', origin: 'http://evil.live.example' }, 403],
    ['another site in an older browser', { origin: 'http://evil.example' }, 403],
    ['another port', { origin: 'http://live.example:81' }, 403],
    ['a sandboxed frame', { origin: 'null' }, 403],
  ])('changes something when asked by %s: %s %s', async (_, headers, status) => {
    const response = await post('/channels', { cookie, ...headers }, { slug: 'brook', title: 'x' });
    expect(response.status).toBe(status);
  });

  it('counts by PUBLIC_URL where that is set', async () => {
    fake = new FakeApp({ publicUrl: new URL('https://public.example') });
    cookie = cookieOf(await setUp());
    const draft = { slug: 'brook', title: 'x' };
    expect((await post('/channels', { cookie, origin: 'https://public.example' }, draft)).status).toBe(201);
    expect((await post('/channels', { cookie, origin: 'http://live.example' }, draft)).status).toBe(403);
  });

  it('is not asked for where a token comes along', async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, origin: 'http://evil.example' };
    expect((await post('/channels', headers, { slug: 'brook', title: 'x' })).status).toBe(201);
  });

  it('keeps another site from logging somebody in', async () => {
    expect((await post('/login', { origin: 'http://evil.example' }, account)).status).toBe(403);
  });
});

describe('floods', () => {
  it('of wrong keys are stopped', async () => {
    fake = new FakeApp({ limits: new Limits({ isBehindProxy: false }) });
    const statuses: number[] = [];
    for (let time = 0; time < 35; time += 1) statuses.push((await fake.publish('fr_wrong')).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(30);
    expect(statuses.at(-1)).toBe(429);
  });

  it('are counted by the address that the proxy tells, and by /64 of IPv6', async () => {
    fake = new FakeApp({ publicUrl: new URL('https://live.example') });
    const from = (address: string) =>
      fake.publish('fr_wrong', { headers: { 'x-forwarded-for': `6.6.6.6, ${address}` } });
    for (let time = 0; time < 30; time += 1) await from(`2001:db8:1:2::${time}`);
    expect((await from('2001:db8:1:2:ffff::1')).status).toBe(429);
    expect((await from('2001:db8:1:3::1')).status).toBe(401);
    expect((await from('198.51.100.7')).status).toBe(401);
  });

  it('spare loopback, where benchmarks run', async () => {
    fake = new FakeApp({ publicUrl: new URL('https://live.example') });
    const headers = { 'x-forwarded-for': '127.0.0.1' };
    for (let time = 0; time < 40; time += 1) expect((await fake.publish('fr_wrong', { headers })).status).toBe(401);
  });
});
