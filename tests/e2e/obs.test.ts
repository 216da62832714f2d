import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser, received } from '../support/browser.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesMovingPicture, tapForSound } from '../support/watching.ts';

const PLAYER = '[data-testid=player]';

let server: Server;
let api: Api;
let browser: Browser;
let media: EncodedMedia;

beforeAll(async () => {
  [server, browser, media] = await Promise.all([Server.start(), openBrowser(), makeMedia()]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('a file that ffmpeg made, published by an OBS-class client, is seen and heard in Chromium', async () => {
  const { slug, key } = await api.createChannel('from-obs');
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  await until('the stream is live', async () => (await api.live(slug)).state === 'live');

  const viewer = await newVisitor(browser);
  const page = await viewer.open(`${server.url}/${slug}`);
  const seen = await seesMovingPicture(page, PLAYER);
  await tapForSound(page);
  await hearsSound(page);
  await keepPicture(page, 'obs-watching');

  expect(seen).toMatchObject({ videoCodec: 'video/H264', audioCodec: 'audio/opus', width: 640, height: 360 });
  // OBS sends it twice.
  expect([await obs.stop(), await obs.stop()]).toEqual([200, 200]);
  await page.waitForSelector('[data-state=offline]');
  await viewer.leave();
});

test('an encoder that vanishes and comes back is seen again by the viewer who stayed', async () => {
  const { slug, key } = await api.createChannel('obs-again');
  const whipUrl = `${server.url}/whip`;
  const first = await ObsClient.publish({ whipUrl, key, media });
  const viewer = await newVisitor(browser);
  const page = await viewer.open(`${server.url}/${slug}`);
  await seesMovingPicture(page, PLAYER);

  first.vanish();
  await page.waitForSelector('[data-state=reconnecting]', { timeout: 45_000 });
  const again = await ObsClient.publish({ whipUrl, key, media });
  await page.waitForSelector('[data-state=live]');
  await seesMovingPicture(page, PLAYER);

  expect((await received(page)).videoCodec).toBe('video/H264');
  expect((await api.live(slug)).stream?.viewers).toBe(1);
  await again.stop();
  await viewer.leave();
});

test('a second encoder with the same key takes the channel over, and the viewer goes on', async () => {
  const { slug, key } = await api.createChannel('obs-take-over');
  const whipUrl = `${server.url}/whip`;
  const stale = await ObsClient.publish({ whipUrl, key, media });
  const viewer = await newVisitor(browser);
  const page = await viewer.open(`${server.url}/${slug}`);
  await seesMovingPicture(page, PLAYER);

  const fresh = await ObsClient.publish({ whipUrl, key, media });
  await seesMovingPicture(page, PLAYER);
  stale.vanish();
  await seesMovingPicture(page, PLAYER);

  expect((await api.live(slug)).state).toBe('live');
  await fresh.stop();
  await viewer.leave();
});
