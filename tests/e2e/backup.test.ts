import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, expect, test } from 'vitest';
import { Api, owner } from '../support/api.ts';
import { HookReceiver } from '../support/hook-receiver.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { runAdmin } from '../support/run-admin.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const ENV = { WEBHOOK_ALLOW_PRIVATE: 'true' };
const folder = mkdtempSync(join(tmpdir(), 'freshet-backup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);

test('a server that is lost goes on elsewhere from a backup made while it was busy', async () => {
  const [media, receiver] = await Promise.all([makeMedia({ seconds: 2 }), HookReceiver.start()]);
  const first = await Server.start({ dataDir: path('first'), env: ENV });
  const api = await Api.setUp(first);
  const { slug, key } = await api.createChannel('survivor');
  const { secret } = await api.post<{ secret: string }>('/webhooks', {
    url: receiver.url,
    channel: slug,
    events: ['stream.started'],
  });
  const obs = await ObsClient.publish({ whipUrl: `${first.url}/whip`, key, media });
  await until('the stream is live', async () => (await api.live(slug)).state === 'live');

  // Channels are made all the while; those made before it began are in the backup.
  let isWriting = true;
  const written: string[] = [];
  const writing = (async () => {
    for (let index = 0; isWriting; index += 1) written.push((await api.createChannel(`busy-${index}`)).slug);
  })();
  await until('some channels are made', () => written.length > 3);
  const before = [...written];
  const backup = await runAdmin(first.dataDir, 'backup', path('all.backup'));
  isWriting = false;
  await writing;
  expect(backup).toMatchObject({ code: 0, said: expect.stringContaining('keep it as you keep a password') });
  expect(statSync(path('all.backup')).mode & 0o777).toBe(0o600);
  expect((await api.live(slug)).state).toBe('live');

  const refused = await runAdmin(first.dataDir, 'restore', path('all.backup'), '--force');
  expect(refused).toMatchObject({ code: 1, complaint: 'The server runs. Stop it first.\n' });
  await first.kill9();
  obs.vanish();
  rmSync(path('first'), { recursive: true });

  const restored = await runAdmin(path('second'), 'restore', path('all.backup'));
  expect(restored, restored.complaint).toMatchObject({ code: 0, said: expect.stringContaining('Restored as of') });
  const second = await Server.start({ dataDir: path('second'), env: ENV });
  const login = await fetch(`${second.url}/api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(owner),
  });
  expect(login.status).toBeLessThan(300);
  const again = api.at(second);
  for (const name of [slug, ...before]) expect(await again.live(name)).toMatchObject({ state: 'offline' });
  receiver.received.length = 0;
  const back = await ObsClient.publish({ whipUrl: `${second.url}/whip`, key, media });
  const hook = await until('the webhook hears of it', () => receiver.received[0]);
  expect(new Webhook(secret).verify(hook.body, hook.headers as Record<string, string>)).toMatchObject({
    type: 'stream.started',
  });
  expect(await back.stop()).toBe(200);
  expect(await second.stop()).toBe(0);
  await receiver.close();
});

test('where there is something already it is asked for with --force, and a damaged backup changes nothing', async () => {
  const dataDir = path('third');
  const server = await Server.start({ dataDir });
  const api = await Api.setUp(server);
  await api.createChannel('mine');
  expect(await server.stop()).toBe(0);
  const sealing = readFileSync(join(dataDir, 'secrets.key'));

  const unforced = await runAdmin(dataDir, 'restore', path('all.backup'));
  expect(unforced).toMatchObject({ code: 1, complaint: expect.stringContaining('With --force') });
  writeFileSync(path('cut.backup'), readFileSync(path('all.backup')));
  truncateSync(path('cut.backup'), statSync(path('all.backup')).size - 20);
  const cut = await runAdmin(dataDir, 'restore', path('cut.backup'), '--force');
  expect(cut).toMatchObject({ code: 1, complaint: `${path('cut.backup')} is not complete: its end is missing.\n` });
  writeFileSync(path('bad.backup'), 'what is this?');
  const bad = await runAdmin(dataDir, 'restore', path('bad.backup'), '--force');
  expect(bad).toMatchObject({ code: 1, complaint: expect.stringContaining('no backup of Freshet') });
  expect(readFileSync(join(dataDir, 'secrets.key'))).toEqual(sealing);

  const same = await Server.start({ dataDir });
  expect(await api.at(same).live('mine')).toMatchObject({ state: 'offline' });
  expect(await same.stop()).toBe(0);

  expect((await runAdmin(dataDir, 'restore', path('all.backup'), '--force')).code).toBe(0);
  expect(readFileSync(join(dataDir, 'secrets.key'))).not.toEqual(sealing);
  const list = await runAdmin(dataDir, 'channel', 'list');
  expect(list.said).toContain('survivor');
  expect(list.said).not.toContain('mine');
});
