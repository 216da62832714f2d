import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AdaptiveServer } from '../support/adaptive-server.ts';
import { afterTest } from '../support/after-test.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, received, type Visitor } from '../support/browser.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { PlainTranscoder } from '../support/plain-transcoder.ts';
import { sightDuring, watchFor } from '../support/shaped-page.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

const SEED = 11;
const WIDE = { rateBps: 6_000_000, delayMs: 25, queueBytes: 32 * 1024 };
const THIN = { ...WIDE, rateBps: 300_000 };
const FREEZE_MS = 1_000;
/** What waits in the link's queue when it falls has to get through first, at what is left of it. */
const FALL_FREEZE_MS = FREEZE_MS + (THIN.queueBytes * 8 * 1000) / THIN.rateBps;
/** What people do not notice of a picture that is late (ITU-R BT.1359). */
const IN_SYNC_MS = 125;

let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let visitor: Visitor;
const media = makeMedia({ width: 1280, height: 720, bitrateKbps: 2000, groupSeconds: 2, seconds: 10, soundKbps: 64 });

beforeAll(async () => {
  [bareSite, browser] = await Promise.all([openBareSite(), openBrowser()]);
  visitor = await newVisitor(browser);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
});

const heightOf = (page: Page) => page.evaluate<number>('document.querySelector("video").videoHeight');
const sees = (page: Page, height: number, timeoutMs = 20_000) =>
  until(`${height} lines are seen`, async () => (await heightOf(page)) === height, { timeoutMs });

const choose = async (page: Page, wish: object) => {
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wish) };
  expect((await fetch(`${await page.evaluate<string>('session')}/layer`, request)).status).toBe(200);
};

/** A browser draws sound and picture together by some 80 ms a second. */
const comesInSync = (page: Page) =>
  until('sound and picture are in sync', async () => ((await watchFor(page, 1500)).lipOffsetMs ?? 1000) < IN_SYNC_MS, {
    timeoutMs: 30_000,
  });

async function publishAndTranscode() {
  const server = await AdaptiveServer.start();
  await ObsClient.publish({ whipUrl: server.whipUrl, key: server.key, media: await media });
  await PlainTranscoder.start({ ...(await server.transcoding()), height: 240, bitrateKbps: 120 });
  const isMade = () => server.live.stream?.layers.some(({ isRendition, bitrateBps }) => isRendition && bitrateBps > 0);
  await until('the rendition is made', isMade);
  return server;
}

test('an encoder with one layer: who has a thin link gets what a transcoder makes of it, and the best again', async () => {
  const server = await publishAndTranscode();
  const [serverPort = 0] = server.media.ports;
  const link = await UdpShaper.open({ seed: SEED, serverPort, down: WIDE, up: { delayMs: 25 } });
  afterTest(() => link.close());
  const page = await openBareClient({ visitor, siteUrl: bareSite.url, link }, 'play', { url: server.whepUrl });
  await sees(page, 720);
  await seesMovingPicture(page);

  const fall = await sightDuring(page, async () => {
    link.change({ down: THIN });
    await sees(page, 240);
    await seesMovingPicture(page);
  });
  expect(fall.longestFreezeMs, JSON.stringify(fall)).toBeLessThan(FALL_FREEZE_MS);
  const thin = await watchFor(page, 5000);
  expect(thin.sizes, JSON.stringify(thin)).toHaveLength(1);
  expect(thin.longestFreezeMs, JSON.stringify(thin)).toBeLessThan(FREEZE_MS);
  expect((await received(page)).videoCodec).toBe('video/AV1');
  await comesInSync(page);

  const rise = await sightDuring(page, async () => {
    link.change({ down: WIDE });
    await sees(page, 720);
    await seesMovingPicture(page);
  });
  expect(rise.longestFreezeMs, JSON.stringify(rise)).toBeLessThan(FREEZE_MS);
  expect((await received(page)).videoCodec).toBe('video/H264');
});

test('who chooses a rendition by name sees and hears no seam, there and back', async () => {
  const server = await publishAndTranscode();
  const page = await openBareClient({ visitor, siteUrl: bareSite.url }, 'play', { url: server.whepUrl });
  await sees(page, 720);
  await comesInSync(page);
  for (const [wish, height] of [
    [{ rid: '240p' }, 240],
    [{}, 720],
  ] as const) {
    const seam = await sightDuring(page, async () => {
      await choose(page, wish);
      await sees(page, height);
      await seesMovingPicture(page);
    });
    expect(seam.freezes, JSON.stringify(seam)).toBe(0);
    await comesInSync(page);
  }
});
