import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { appOnDatabase } from '../support/app-on-database.ts';
import { TestPostgres } from '../support/database.ts';
import { ADMIN_TOKEN, type FakeApp } from '../support/fake-app.ts';
import { chromiumPlayOffer } from '../support/offers.ts';

let postgres: TestPostgres;
let database: Database;
let fake: FakeApp;

beforeAll(async () => {
  postgres = await TestPostgres.start();
  database = await postgres.open();
  fake = appOnDatabase(database);
});

afterAll(async () => {
  await fake.streams.close();
  await database.close();
  await postgres.close();
});

async function call<T>(method: string, path: string, status: number, body?: object, token = ADMIN_TOKEN): Promise<T> {
  const response = await fake.call(method, path, { token, ...(body && { body }) });
  const text = await response.text();
  expect(`${method} ${path}: ${response.status} ${response.status === status ? '' : text}`).toBe(
    `${method} ${path}: ${status} `,
  );
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

it('a channel lives its whole life on the real database', async () => {
  const account = { name: 'Nora', password: 'correct horse battery' };
  await call('POST', '/setup', 201, account);
  await call('POST', '/setup', 409, account);
  const login = await fake.call('POST', '/login', { body: { ...account, name: 'NORA' } });
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const me = await fake.request('/api/v1/me', { headers: { cookie } });
  expect(await me.json()).toMatchObject({ name: 'Nora', role: 'owner' });
  const { token } = await call<{ token: string }>('POST', '/tokens', 201, { name: 'script' });

  await call('POST', '/channels', 201, { slug: 'brook', title: 'A 100% real brook_' }, token);
  await call('POST', '/channels', 409, { slug: 'brook', title: 'Another' }, token);
  await call('POST', '/channels', 201, { slug: 'river', title: 'A river' }, token);
  const page = await call<{ items: { slug: string }[]; nextCursor: string }>('GET', '/channels?limit=1', 200);
  expect(page.items).toMatchObject([{ slug: 'river' }]);
  expect(await call('GET', `/channels?limit=1&cursor=${page.nextCursor}`, 200)).toMatchObject({
    items: [{ slug: 'brook' }],
    nextCursor: null,
  });
  expect(await call('GET', '/channels?q=100%25%20REAL', 200)).toMatchObject({ items: [{ slug: 'brook' }] });
  expect(await call('GET', '/channels?q=%25river', 200)).toMatchObject({ items: [] });
  expect(await call('GET', '/channels?live=true', 200)).toMatchObject({ items: [] });

  await call('PUT', '/channels/brook/moderators/nora', 204);
  await call('PUT', '/channels/brook/moderators/NORA', 204);
  await call('PUT', '/channels/brook/moderators/nobody', 404);
  expect(await call('GET', '/channels/brook/moderators', 200)).toMatchObject({ items: [{ name: 'Nora' }] });
  for (const _ of ['first', 'again']) await call('DELETE', '/channels/brook/moderators/nora', 204);

  const made = await call<{ id: string; key: string }>('POST', '/channels/brook/keys', 201, { name: 'OBS' }, token);
  const { id: keyId, key } = await call<{ id: string; key: string }>(
    'POST',
    `/channels/brook/keys/${made.id}/rotate`,
    200,
  );
  expect((await fake.publish(made.key)).status).toBe(401);
  const location = await fake.goLive(key);
  expect(await call('GET', '/channels?live=true', 200)).toMatchObject({
    items: [{ slug: 'brook', live: { state: 'live' } }],
  });
  const { stream } = await call<{ stream: { id: string } }>('GET', '/channels/brook/live', 200);

  const headers = { 'content-type': 'application/sdp' };
  const watched = await fake.request('/whep/brook', { method: 'POST', headers, body: chromiumPlayOffer });
  fake.media.connect(watched.headers.get('location')?.split('/').at(-1) ?? '');
  expect((await fake.request(location, { method: 'DELETE' })).status).toBe(200);
  await expect
    .poll(() => call('GET', `/streams/${stream.id}`, 200))
    .toMatchObject({ endReason: 'deleted', peakViewers: 1, codecs: ['opus', 'h264'] });
  expect(await call('GET', '/channels/brook/streams', 200)).toMatchObject({ items: [{ id: stream.id }] });

  await expect
    .poll(() => call('GET', '/channels/brook/keys', 200))
    .toMatchObject({ items: [{ id: keyId, lastUsedAt: expect.any(String) }] });
  await call('DELETE', `/channels/brook/keys/${keyId}`, 204);
  await call('POST', '/channels/brook/viewer-tokens', 201, { ttlSeconds: 60, label: 'Ann' }, token);
  expect(await call('GET', '/channels/brook/viewer-tokens', 200)).toMatchObject({
    items: [{ label: 'Ann', viewers: 0 }],
  });
  await call('DELETE', '/channels/brook/viewer-tokens', 204);
  expect((await fake.publish(key)).status).toBe(401);
  await call('DELETE', '/channels/brook', 204);
  await call('GET', `/streams/${stream.id}`, 404);
});

it('there is a channel for what follows', async () => {
  await call('POST', '/channels', 201, { slug: 'pond', title: 'A pond' });
});

it.each([
  ['POST', '/setup', { name: 'No\0ra', password: 'correct horse battery' }, 'name'],
  ['POST', '/login', { name: 'No\0ra', password: 'correct horse battery' }, 'name'],
  ['POST', '/tokens', { name: 'scr\0ipt' }, 'name'],
  ['POST', '/channels', { slug: 'mill', title: 'The\0mill' }, 'title'],
  ['POST', '/channels', { slug: 'mill', title: 'The mill', description: '\0' }, 'description'],
  ['PATCH', '/channels/pond', { category: 'Wa\0ter' }, 'category'],
  ['POST', '/channels/pond/keys', { name: '\0OBS' }, 'name'],
  ['GET', '/channels?q=%00', undefined, 'q'],
])('%s %s says which field has a NUL, which PostgreSQL cannot hold', async (method, path, body, field) => {
  const { errors } = await call<{ errors: { path: string }[] }>(method, path, 422, body);
  expect(errors.map((error) => error.path)).toEqual([field]);
});

it('a NUL in a path finds nothing', async () => {
  await call('GET', '/channels/po%00nd', 404);
  expect((await fake.request('/whep/po%00nd')).status).toBe(404);
});
