import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'freshet-crash-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

interface StreamList {
  readonly items: readonly {
    readonly id: string;
    readonly startedAt: string;
    readonly endedAt: string | null;
    readonly endReason: string | null;
  }[];
}

test('after kill -9 of server and database a restart has every acknowledged write and ends the stream honestly', async () => {
  const media = await makeMedia({ seconds: 2 });
  const first = await Server.start({ dataDir });
  const api = await Api.setUp(first);
  const { slug, key } = await api.createChannel('survivor');
  const obs = await ObsClient.publish({ whipUrl: `${first.url}/whip`, key, media });
  const live = await until('the stream is live', async () => {
    const now = await api.live(slug);
    return now.state === 'live' && now;
  });
  const acknowledged = await Promise.all(
    Array.from({ length: 20 }, (_, index) => api.createChannel(`survivor-${index}`)),
  );

  const killedMs = Date.now();
  await first.kill9();
  obs.vanish();
  const second = await Server.start({ dataDir });
  const after = api.at(second);

  for (const channel of [{ slug, key }, ...acknowledged]) {
    expect(await after.live(channel.slug)).toMatchObject({ live: false, state: 'offline' });
  }
  const { items } = await after.get<StreamList>(`/channels/${slug}/streams`);
  expect(items).toMatchObject([{ id: live.stream?.id, endReason: 'crash' }]);
  const [startedMs, endedMs] = [items[0]?.startedAt, items[0]?.endedAt].map((time) => Date.parse(time ?? ''));
  expect(endedMs).toBeGreaterThanOrEqual(startedMs ?? Number.NaN);
  expect(endedMs).toBeLessThanOrEqual(killedMs);

  // Keys are as good as before, and the channel is free.
  const again = await ObsClient.publish({ whipUrl: `${second.url}/whip`, key, media });
  await until('the stream is live again', async () => (await after.live(slug)).state === 'live');
  expect(await again.stop()).toBe(200);
  expect(await second.stop()).toBe(0);
});

test('SIGTERM ends a live server with code 0 within ten seconds', async () => {
  const media = await makeMedia({ seconds: 2 });
  const server = await Server.start();
  const api = await Api.setUp(server);
  const { slug, key } = await api.createChannel('goodbye');
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  await until('the stream is live', async () => (await api.live(slug)).state === 'live');

  const startMs = performance.now();
  const code = await server.stop();

  expect(code).toBe(0);
  expect(performance.now() - startMs).toBeLessThan(10_000);
  obs.vanish();
});
