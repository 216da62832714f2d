import { beforeEach, describe, expect, it } from 'vitest';
import { Limits } from '../../src/http/limits.ts';
import { FakeApp } from '../support/fake-app.ts';

const password = 'correct horse battery';

let fake: FakeApp;
let token: string;
let ownerId: string;

beforeEach(async () => {
  fake = new FakeApp();
  const { user, token: minted } = await fake.account('owner', 'owner');
  [token, ownerId] = [minted, user.id];
});

const body = async (response: Response) => (await response.json()) as Record<string, unknown> & { id: string };
const call = (method: string, path: string, given?: object, as: string | undefined = token) =>
  fake.call(method, path, { ...(as !== undefined && { token: as }), ...(given && { body: given }) });
const anonymous = (method: string, path: string, given?: object) => fake.call(method, path, given && { body: given });
const problem = async (response: Response) => [
  response.status,
  String((await body(response))['type'])
    .split(':')
    .at(-1),
];
const tokenIn = (url: unknown) => new URL(String(url)).searchParams.get('token') ?? '';
const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
const asCookie = (cookie: string, path = '/me', init: RequestInit = {}) =>
  fake.request(`/api/v1${path}`, { ...init, headers: { cookie, 'content-type': 'application/json' } });

async function invited(role: string, name = 'Ines') {
  const { url } = await body(await call('POST', '/invites', { role }));
  const accepted = await anonymous('POST', '/invites/accept', { token: tokenIn(url), name, password });
  return { accepted, url, cookie: cookieOf(accepted), ...(await body(accepted.clone())) };
}

describe('an invitation', () => {
  it('makes an account of its role, logs in, and works once', async () => {
    const { accepted, url, cookie } = await invited('streamer');
    expect(accepted.status).toBe(201);
    expect(String(url)).toMatch(/^http:\/\/localhost\/invite\?token=[\w-]{43}$/);
    expect(await body(await asCookie(cookie))).toMatchObject({ name: 'Ines', role: 'streamer' });
    const again = await anonymous('POST', '/invites/accept', { token: tokenIn(url), name: 'Jon', password });
    expect(await problem(again)).toEqual([403, 'bad_link']);
  });

  it('is not used up by a name that is taken or a password that is too simple', async () => {
    const { url } = await body(await call('POST', '/invites', { role: 'viewer' }));
    const accept = (more: object) =>
      anonymous('POST', '/invites/accept', { token: tokenIn(url), name: 'Ines', password, ...more });
    expect(await problem(await accept({ name: 'OWNER' }))).toEqual([409, 'name_taken']);
    expect(await problem(await accept({ password: 'short' }))).toEqual([422, 'bad_password']);
    expect((await accept({})).status).toBe(201);
  });

  it('is listed without its secret until it is revoked', async () => {
    const { id, url } = await body(await call('POST', '/invites', { role: 'viewer', expiresInSeconds: 3600 }));
    const listed = await (await call('GET', '/invites')).text();
    expect(listed).toContain(id);
    expect(listed).not.toContain(tokenIn(url));
    expect((await call('DELETE', `/invites/${id}`)).status).toBe(204);
    expect(await body(await call('GET', '/invites'))).toMatchObject({ items: [] });
    const accepted = await anonymous('POST', '/invites/accept', { token: tokenIn(url), name: 'Ines', password });
    expect(await problem(accepted)).toEqual([403, 'bad_link']);
  });
});

describe('registration', () => {
  it('is closed unless the server says otherwise', async () => {
    expect(await body(await anonymous('GET', '/register'))).toEqual({ isOpen: false });
    expect(await problem(await anonymous('POST', '/register', { name: 'Ines', password }))).toEqual([
      403,
      'registration_closed',
    ]);
  });

  it('makes viewers where it is open, and few from one address', async () => {
    fake = new FakeApp({ isRegistrationOpen: true });
    await fake.account('owner', 'owner');
    const first = await anonymous('POST', '/register', { name: 'Ines', password });
    expect([first.status, await body(first)]).toMatchObject([201, { name: 'Ines', role: 'viewer' }]);
    expect(await problem(await anonymous('POST', '/register', { name: 'ines', password }))).toEqual([
      409,
      'name_taken',
    ]);
    for (let n = 0; n < 3; n += 1) await anonymous('POST', '/register', { name: 'x', password });
    expect((await anonymous('POST', '/register', { name: 'Jon', password })).status).toBe(429);
  });

  it('waits for the owner, whom an account before his would keep out', async () => {
    fake = new FakeApp({ isRegistrationOpen: true });
    expect(await problem(await anonymous('POST', '/register', { name: 'Ines', password }))).toEqual([
      409,
      'not_set_up',
    ]);
  });
});

describe('the owner', () => {
  it('finds people by name', async () => {
    await fake.account('Ines', 'viewer');
    expect(await body(await call('GET', '/users?q=INE'))).toMatchObject({ items: [{ name: 'Ines', role: 'viewer' }] });
    expect((await body(await call('GET', '/users')))['items']).toHaveLength(2);
  });

  it('disables an account: its logins, tokens and streams end, its keys and its password open nothing', async () => {
    const { id, cookie } = await invited('streamer');
    const { token: theirs } = await body(
      await asCookie(cookie, '/tokens', { method: 'POST', body: '{"name":"script"}' }),
    );
    const { key, channel } = await fake.channel('brook', id);
    await fake.goLive(key);
    const changed = await call('PATCH', `/users/${id}`, { isDisabled: true });
    expect(await body(changed)).toMatchObject({ isDisabled: true });
    expect((await asCookie(cookie)).status).toBe(401);
    expect((await call('GET', '/me', undefined, String(theirs))).status).toBe(401);
    expect(fake.streams.live(channel.id).live).toBe(false);
    const login = (given: string) => anonymous('POST', '/login', { name: 'Ines', password: given });
    expect(await problem(await login(password))).toEqual([403, 'account_disabled']);
    expect(await problem(await login('another one'))).toEqual([401, 'bad_login']);

    await call('PATCH', `/users/${id}`, { isDisabled: false });
    expect((await login(password)).status).toBe(200);
    expect((await asCookie(cookie)).status).toBe(401);
    expect((await call('GET', '/me', undefined, String(theirs))).status).toBe(401);
  });

  it('who becomes a viewer is live no more', async () => {
    const { id } = await invited('streamer');
    const { key, channel } = await fake.channel('brook', id);
    await fake.goLive(key);
    await call('PATCH', `/users/${id}`, { role: 'viewer' });
    expect(fake.streams.live(channel.id).live).toBe(false);
  });

  it('deletes an account, and what is live on its channels ends', async () => {
    const { id } = await invited('streamer');
    const { key, channel } = await fake.channel('brook', id);
    await fake.goLive(key);
    expect((await call('DELETE', `/users/${id}`)).status).toBe(204);
    expect((await call('GET', `/users/${id}`)).status).toBe(404);
    expect(fake.streams.live(channel.id).live).toBe(false);
  });

  it.each([
    ['PATCH', { role: 'streamer' }],
    ['PATCH', { isDisabled: true }],
    ['DELETE', undefined],
  ])('who is the last one stays: %s %j', async (method, given) => {
    expect(await problem(await call(method, `/users/${ownerId}`, given))).toEqual([409, 'last_owner']);
    await fake.account('other', 'owner');
    expect((await call(method, `/users/${ownerId}`, given)).ok).toBe(true);
  });

  it('gives a link for another password, which ends all logins and works once', async () => {
    const { id, cookie } = await invited('viewer');
    const { url: older } = await body(await call('POST', `/users/${id}/password-reset`));
    const { url } = await body(await call('POST', `/users/${id}/password-reset`));
    const reset = (link: unknown, next: string) =>
      anonymous('POST', '/password-reset', { token: tokenIn(link), password: next });
    expect(await problem(await reset(older, 'a new password'))).toEqual([403, 'bad_link']);
    expect(await problem(await reset(url, 'short'))).toEqual([422, 'bad_password']);
    const done = await reset(url, 'a new password');
    expect(done.status).toBe(200);
    expect((await asCookie(cookie)).status).toBe(401);
    expect((await asCookie(cookieOf(done))).status).toBe(200);
    expect(await problem(await reset(url, 'one more password'))).toEqual([403, 'bad_link']);
    expect((await anonymous('POST', '/login', { name: 'Ines', password: 'a new password' })).status).toBe(200);
  });
});

describe('an account', () => {
  it('sees where it is logged in, and ends one login or all others', async () => {
    const { cookie } = await invited('viewer');
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
    };
    const second = await fake.request('/api/v1/login', {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: 'Ines', password }),
    });
    const { items } = (await body(await asCookie(cookie, '/logins'))) as unknown as { items: Record<string, string>[] };
    expect(items).toMatchObject([
      { device: 'Firefox on Linux', isCurrent: false },
      { device: 'An unknown program', isCurrent: true },
    ]);
    await asCookie(cookie, `/logins/${items[0]?.['id']}`, { method: 'DELETE' });
    expect((await asCookie(cookieOf(second))).status).toBe(401);
    const third = await anonymous('POST', '/login', { name: 'Ines', password });
    await asCookie(cookie, '/logins/end-others', { method: 'POST' });
    expect((await asCookie(cookieOf(third))).status).toBe(401);
    expect((await asCookie(cookie)).status).toBe(200);
  });

  it('changes its password by the old one, which ends its other logins', async () => {
    const { cookie } = await invited('viewer');
    const other = cookieOf(await anonymous('POST', '/login', { name: 'Ines', password }));
    const change = (oldPassword: string) =>
      asCookie(cookie, '/me/password', {
        method: 'POST',
        body: JSON.stringify({ oldPassword, newPassword: 'a new password' }),
      });
    expect(await problem(await change('a wrong one'))).toEqual([422, 'wrong_password']);
    expect((await change(password)).status).toBe(204);
    expect((await asCookie(other)).status).toBe(401);
    expect((await asCookie(cookie)).status).toBe(200);
  });

  it('takes another name unless somebody has it', async () => {
    const { cookie } = await invited('viewer');
    const rename = (name: string) => asCookie(cookie, '/me', { method: 'PATCH', body: JSON.stringify({ name }) });
    expect(await problem(await rename('Owner'))).toEqual([409, 'name_taken']);
    expect(await body(await rename('INES'))).toMatchObject({ name: 'INES' });
  });

  it('deletes itself with its password, unless it is the last owner', async () => {
    const { cookie } = await invited('viewer');
    const leave = (given: string) =>
      asCookie(cookie, '/me/delete', { method: 'POST', body: JSON.stringify({ password: given }) });
    expect(await problem(await leave('a wrong one'))).toEqual([422, 'wrong_password']);
    expect((await leave(password)).status).toBe(204);
    expect((await asCookie(cookie)).status).toBe(401);
  });
});

it('a name that is guessed at from many addresses is answered later and later, then not at all', async () => {
  const waits: number[] = [];
  const pause = async (ms: number) => void waits.push(ms);
  fake = new FakeApp({
    publicUrl: new URL('https://live.example'),
    limits: new Limits({ isBehindProxy: true, pause }),
  });
  const guess = (n: number, name: string) =>
    fake.request('/api/v1/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': `198.51.100.${n}` },
      body: JSON.stringify({ name, password: '' }),
    });
  for (const name of ['Nobody', 'owner']) {
    waits.length = 0;
    const statuses: number[] = [];
    for (let n = 0; n < 51; n += 1) statuses.push((await guess(n, n % 2 ? name : ` ${name.toUpperCase()}`)).status);
    expect(statuses).toEqual([...Array<number>(50).fill(401), 429]);
    expect(waits.slice(0, 3)).toEqual([250, 500, 750]);
    expect(waits.at(-1)).toBe(3_000);
  }
});
