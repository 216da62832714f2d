import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findRunningPostgres } from '../../src/db/running-postgres.ts';
import { afterTest } from '../support/after-test.ts';
import { Api } from '../support/api.ts';
import { query } from '../support/database.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { askAdmin, runAdmin, tellAdmin } from '../support/run-admin.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'freshet-admin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Minted {
  readonly id: string;
  readonly key: string;
}

const post = (server: Server, path: string, body: object) =>
  fetch(`${server.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const tokenOf = ({ url }: { url: string }) => new URL(url).searchParams.get('token');

test('an operator at a shell sees and changes what runs, and each change counts at once', async () => {
  const dataDir = join(folder, 'running');
  const server = await Server.start({ dataDir });
  const admin = (...args: string[]) => runAdmin(dataDir, ...args);

  const link = await admin('setup-link');
  expect(link).toMatchObject({ code: 0, said: `${server.setupUrl}\n` });
  const early = await admin('channel', 'add', 'brook');
  expect(early).toMatchObject({ code: 1, complaint: expect.stringContaining('no owner yet') });
  const api = await Api.setUp(server);

  expect((await admin('channel', 'add', 'brook', '--visibility', 'private')).code).toBe(0);
  expect(await askAdmin(dataDir, 'channel', 'list')).toMatchObject([{ slug: 'brook', state: 'offline' }]);
  const { key } = await askAdmin<Minted>(dataDir, 'key', 'add', 'brook', '--name', 'OBS');
  const obs = await ObsClient.publish({
    whipUrl: `${server.url}/whip`,
    key,
    media: await makeMedia({ seconds: 2 }),
  });
  await until('the stream is live', async () => (await api.live('brook')).state === 'live');
  expect((await admin('stream', 'list')).said).toMatch(/brook +live +0/);

  // The one who publishes with it is cut off, and its stream over.
  expect((await admin('key', 'rotate', 'brook', 'OBS')).said).toMatch(/^fr_\S{40,}\n/);
  await until('the stream is over', async () => (await api.live('brook')).state === 'offline');
  obs.vanish();
  expect((await admin('key', 'revoke', 'brook', 'OBS')).code).toBe(0);
  expect(await askAdmin(dataDir, 'key', 'list', 'brook')).toEqual([]);
  expect((await admin('channel', 'delete', 'brook')).code).toBe(2);
  expect((await admin('channel', 'delete', 'brook', '--yes')).code).toBe(0);
  expect((await admin('channel', 'list')).said).toBe('none\n');

  expect(await server.stop()).toBe(0);
});

test('the same goes without a server, which is started for the moment and leaves nothing behind', async () => {
  const dataDir = join(folder, 'running');
  const made = await askAdmin<{ token: string }>(dataDir, 'token', 'add', 'script');
  expect((await runAdmin(dataDir, 'channel', 'add', 'river')).code).toBe(0);
  const server = await Server.start({ dataDir });
  const api = new Api(server.url, made.token);
  expect(await api.live('river')).toMatchObject({ state: 'offline' });
  expect(await server.stop()).toBe(0);
});

test('an operator at a shell sees jobs, cancels them and has them tried again', async () => {
  const dataDir = join(folder, 'jobs');
  const server = await Server.start({ dataDir });
  afterTest(() => server.stop());
  const api = await Api.setUp(server);
  const { slug } = await api.createChannel('brook');
  const database = await findRunningPostgres(dataDir);
  const id = crypto.randomUUID();
  const row = `SELECT '${id}', id, 'Morning', 'ready', now(), now() FROM channels WHERE slug = '${slug}'`;
  await query(database, `INSERT INTO recordings (id, channel_id, title, state, started_at, ended_at) ${row}`);
  await query(
    database,
    `INSERT INTO recording_parts (recording_id, number, file, video_codec, has_audio, width, height, started_at, duration_ms, bytes)
     VALUES ('${id}', 0, '0000.webm', 'vp8', true, 640, 360, now(), 1000, 1)`,
  );
  const { jobId } = await api.post<{ jobId: string }>(`/recordings/${id}/renditions`, {});
  const admin = (...args: string[]) => runAdmin(dataDir, 'job', ...args);

  expect(await askAdmin(dataDir, 'job', 'list')).toMatchObject([{ id: jobId, channel: slug, status: 'queued' }]);
  expect((await admin('list')).said).toMatch(new RegExp(`${jobId} +renditions +brook +queued +0 % +0`));
  expect(await admin('cancel', jobId)).toMatchObject({ code: 0, said: 'Cancelled.\n' });
  expect(await askAdmin(dataDir, 'job', 'list', '--status', 'queued')).toEqual([]);
  expect((await admin('retry', jobId)).code).toBe(0);
  expect(await askAdmin(dataDir, 'job', 'list', '--status', 'queued')).toMatchObject([{ id: jobId }]);
  expect((await admin('cancel', id)).code).toBe(1);
});

test('an operator at a shell lets people in and shows them out, and no password is an argument', async () => {
  const dataDir = join(folder, 'people');
  const server = await Server.start({ dataDir });
  const admin = (...args: string[]) => runAdmin(dataDir, ...args);
  const first = 'a password of some length';
  const early = await tellAdmin(dataDir, `${first}\n`, 'user', 'add', 'ann');
  expect(early).toMatchObject({ code: 1, complaint: expect.stringContaining('no owner yet') });
  await Api.setUp(server);
  const logIn = (password: string, name = 'ann') => post(server, '/login', { name, password });

  expect(await admin('user', 'add', 'ann')).toMatchObject({
    code: 2,
    complaint: expect.stringContaining('pipe it in'),
  });
  const added = await tellAdmin(dataDir, `${first}\n`, 'user', 'add', 'Ann', '--role', 'streamer');
  expect(added).toMatchObject({ code: 0, said: 'Made Ann, a streamer.\n', complaint: '' });
  expect((await admin('channel', 'add', 'brook', '--owner', 'ann')).code).toBe(0);
  expect((await admin('user', 'list')).said).toMatch(/^Ann +streamer +enabled +1 /m);
  expect((await logIn(first)).status).toBe(200);

  const second = 'another one of some length';
  expect((await tellAdmin(dataDir, second, 'user', 'password', 'ann')).code).toBe(0);
  expect([(await logIn(first)).status, (await logIn(second)).status]).toEqual([401, 200]);
  const reset = await askAdmin<{ url: string }>(dataDir, 'user', 'password', 'ann', '--link');
  expect(reset.url).toMatch(`${server.url.replace('127.0.0.1', 'localhost')}/reset-password?token=`);
  expect((await post(server, '/password-reset', { token: tokenOf(reset), password: first })).status).toBe(200);
  const invite = await askAdmin<{ url: string }>(dataDir, 'user', 'invite', '--role', 'viewer', '--ttl', '3600');
  const bob = { token: tokenOf(invite), name: 'Bob', password: second };
  expect((await post(server, '/invites/accept', bob)).status).toBe(201);

  expect((await admin('user', 'disable', 'ann')).said).toBe('Ann is a streamer, disabled.\n');
  expect((await logIn(first)).status).toBe(403);
  expect((await admin('user', 'enable', 'ann')).said).toBe('Ann is a streamer.\n');
  expect((await admin('user', 'role', 'ann', 'viewer')).said).toBe('Ann is a viewer.\n');
  const refused = await admin('channel', 'add', 'river', '--owner', 'ann');
  expect(refused).toMatchObject({ code: 1, complaint: expect.stringContaining('may not have channels') });
  expect((await admin('user', 'role', 'owner', 'viewer')).complaint).toContain('this is the last one');
  expect((await admin('user', 'delete', 'ann')).code).toBe(2);
  expect((await admin('user', 'delete', 'ann', '--yes')).code).toBe(0);
  expect(await askAdmin(dataDir, 'user', 'list')).toMatchObject([{ name: 'Bob' }, { name: 'owner' }]);
  expect((await admin('channel', 'list')).said).toBe('none\n');

  const token = await askAdmin<{ token: string }>(
    dataDir,
    'token',
    'add',
    'x',
    '--scopes',
    'read,keys',
    '--ttl',
    '600',
  );
  const headers = { authorization: `Bearer ${token.token}` };
  expect((await fetch(`${server.url}/api/v1/users`, { headers })).status).toBe(403);
  expect((await admin('token', 'list')).said).toMatch(/^x +\S+ +\S+ +read, keys +\S+ +20/m);
  expect(await server.stop()).toBe(0);
});

test.each([
  { args: ['key'], says: 'key rotate <channel> <key>' },
  { args: ['channel', 'frobnicate'], says: 'channel add <slug>' },
  { args: ['channel', 'add'], says: 'npm run admin -- channel add <slug>' },
  { args: ['channel', 'add', 'x', '--colour', 'red'], says: "'--colour'" },
])('what is not understood is answered with what would be: $args', async ({ args, says }) => {
  const { code, said, complaint } = await runAdmin(join(folder, 'nowhere'), ...args);
  expect([code, said]).toEqual([2, '']);
  expect(complaint).toContain(says);
});

test('help is to be had without a server, and is no failure', async () => {
  const all = await runAdmin(join(folder, 'nowhere'));
  expect([all.code, all.said]).toEqual([0, expect.stringContaining('backup <file>')]);
  const one = await runAdmin(join(folder, 'nowhere'), 'key', 'add', '--help');
  expect([one.code, one.said]).toEqual([0, expect.stringContaining('--ttl …')]);
});
