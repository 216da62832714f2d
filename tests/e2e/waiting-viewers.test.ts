import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ViewerPool } from '../../bench/load/viewer-pool.ts';
import { Publisher } from '../../bench/publish/publisher.ts';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesCodec } from '../support/watching.ts';

/** More than one thread is given of a stream. */
const CROWD = 50;

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let visitor: Visitor;

beforeAll(async () => {
  [server, bareSite, browser] = await Promise.all([Server.start(), openBareSite(), openBrowser()]);
  api = await Api.setUp(server);
  visitor = await newVisitor(browser);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

const isConnected = (page: Page) => page.evaluate<boolean>('probe.isConnected()');

test('players who come before there is a stream see it, and the next one, by the connection they came with', async () => {
  const { slug, key } = await api.createChannel('early');
  await api.patch(`/channels/${slug}`, { acceptsWaitingViewers: true });
  const [client, whipUrl] = [{ visitor, siteUrl: bareSite.url }, `${server.url}/whip`];
  const viewers = [
    await openBareClient(client, 'play', { url: `${server.url}/whep/${slug}` }),
    await openBareClient(client, 'takeOffer', { url: `${server.url}/whep/${slug}` }),
  ];
  for (const viewer of viewers) await until('it is connected', () => isConnected(viewer));
  const offline = { live: false, state: 'offline', stream: null, dashUrl: null, thumbnailUrl: null };
  expect(await api.live(slug)).toEqual(offline);

  const publisher = await openBareClient(client, 'publish', { url: whipUrl, key, video: 'AV1' });
  for (const viewer of viewers) {
    await seesCodec(viewer, 'video/AV1');
    await hearsSound(viewer);
  }
  expect((await api.live(slug)).stream?.viewers).toBe(2);
  expect(await publisher.evaluate('stop()')).toBe(200);
  await until('it is over', async () => (await api.live(slug)).state === 'offline');

  const encoder = await ObsClient.publish({ whipUrl, key, media: await makeMedia() });
  for (const viewer of viewers) await seesCodec(viewer, 'video/H264');
  expect((await api.live(slug)).stream?.viewers).toBe(2);
  for (const viewer of viewers) expect(await viewer.evaluate('stop()')).toBe(200);
  expect((await api.live(slug)).stream?.viewers).toBe(0);
  await encoder.stop();
});

test('a crowd that waits on all media threads is sent each of two streams, without a packet lost', async ({
  onTestFinished,
}) => {
  const many = await Server.start({ env: { MEDIA_THREADS: '3' } });
  const pool = new ViewerPool({ profile: 'gcm', sampleEvery: 1, hasGro: false });
  onTestFinished(async () => {
    pool.close();
    await many.stop();
  });
  const manyApi = await Api.setUp(many);
  const { slug, key } = await manyApi.createChannel('crowd');
  await manyApi.patch(`/channels/${slug}`, { acceptsWaitingViewers: true });
  const { joined, failures } = await pool.join({ url: `${many.url}/whep/${slug}`, count: CROWD, concurrency: 5 });
  expect({ joined, failures }).toEqual({ joined: CROWD, failures: [] });
  expect(pool.counts().packets).toBe(0);

  for (const stream of ['the first', 'the second']) {
    pool.reset();
    const publisher = await Publisher.start({ url: `${many.url}/whip`, token: key, hasAudio: true, hasVideo: true });
    await until(`${stream} is sent to everybody`, () => pool.counts().starved === 0 && publisher.packets > 500);
    expect((await manyApi.live(slug)).stream?.viewers).toBe(CROWD);
    await publisher.stop();
    const { lost, duplicates, refused } = pool.counts();
    expect({ lost, duplicates, refused }).toEqual({ lost: 0, duplicates: 0, refused: 0 });
    await until(`${stream} is over`, async () => (await manyApi.live(slug)).state === 'offline');
  }
  expect(pool.closedByServer()).toBe(0);
  expect(await pool.leave()).toEqual([]);
});
