import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decoded, probed } from '../recording/written-parts.ts';
import { afterTest } from '../support/after-test.ts';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { arrived, newVisitor, openBrowser } from '../support/browser.ts';
import { HookReceiver } from '../support/hook-receiver.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { hasNoSmallDisk, SmallDisk } from '../support/small-disk.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

interface Recording {
  readonly id: string;
  readonly state: string;
  readonly problem: string | null;
  readonly durationMs: number;
  readonly parts: readonly { readonly url: string }[];
}

const DISK_MB = 128;
/** Some seconds of the stream. */
const LEFT_BYTES = 1_500_000;

describe.skipIf(hasNoSmallDisk)('a disk that is full', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-full-'));
  let disk: SmallDisk;
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    disk = new SmallDisk(join(dataDir, 'recordings'), DISK_MB);
    [server, browser] = await Promise.all([
      Server.start({ dataDir, env: { RECORDINGS_RESERVE_GB: '0', WEBHOOK_ALLOW_PRIVATE: 'true' } }),
      openBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    disk?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function viewer(slug: string): Promise<Page> {
    const bareSite = await openBareSite();
    afterTest(() => bareSite.close());
    const visitor = await newVisitor(browser);
    const page = await openBareClient({ visitor, siteUrl: bareSite.url }, 'play', {
      url: `${server.url}/whep/${slug}`,
    });
    await seesMovingPicture(page);
    return page;
  }

  const storageState = async () =>
    ((await (await fetch(`${server.url}/readyz`)).json()) as { parts: Record<string, string> }).parts['storage'];

  test('ends recordings, which are kept, and no stream; when there is room they begin anew', async () => {
    const api = await Api.setUp(server);
    const { slug, key } = await api.createChannel('flooded');
    await api.patch(`/channels/${slug}`, { isRecorded: true });
    const receiver = await HookReceiver.start();
    afterTest(() => receiver.close());
    await api.post('/webhooks', { url: receiver.url, channel: slug, events: ['recording.ready', 'recording.failed'] });
    const recordings = async () =>
      (await api.get<{ items: readonly Recording[] }>(`/channels/${slug}/recordings`)).items;

    await disk.fillUpTo(LEFT_BYTES);
    const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media: await makeMedia() });
    await until('the stream is live', async () => (await api.live(slug)).state === 'live');
    const page = await viewer(slug);
    const before = await arrived(page);

    const stopped = await until(
      'the recording has ended',
      async () => (await recordings()).find(({ state }) => state !== 'recording'),
      { timeoutMs: 40_000 },
    );
    expect(stopped).toMatchObject({ state: 'ready', problem: 'disk_full' });
    expect(stopped.durationMs).toBeGreaterThan(3_000);
    expect(await storageState()).toContain('the disk is full');
    const part = await fetch(server.url + stopped.parts[0]?.url);
    const file = Buffer.from(await part.arrayBuffer());
    const { format, packets } = await probed(file);
    expect(Number(format.duration) * 1000).toBeCloseTo(stopped.durationMs, -2);
    const pictures = packets.filter(({ codec_type }) => codec_type === 'video').length;
    expect(await decoded(file)).toEqual({ pictures, words: '' });
    expect(pictures).toBeGreaterThan(90);
    await until('it is told', () => receiver.of('recording.ready').length === 1);
    expect(receiver.of('recording.ready')[0]?.body).toContain('"problem":"disk_full"');

    await seesMovingPicture(page);
    const after = await arrived(page);
    expect(after.packets - before.packets).toBeGreaterThan(300);
    expect(after.lost - before.lost).toBe(0);
    expect(await recordings()).toHaveLength(1);

    await disk.makeRoom();
    const next = await until(
      'another one is being recorded',
      async () => (await recordings()).find(({ state, parts }) => state === 'recording' && parts.length > 0),
      { timeoutMs: 60_000 },
    );
    expect(await storageState()).toBe('ok');
    await obs.stop();
    await until('the other one is kept', async () =>
      (await recordings()).some(({ id, state, problem }) => id === next.id && state === 'ready' && problem === null),
    );
  }, 150_000);
});
