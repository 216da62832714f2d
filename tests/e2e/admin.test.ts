import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { askAdmin, runAdmin } from '../support/run-admin.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'freshet-admin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Minted {
  readonly id: string;
  readonly key: string;
}

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
