import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, received, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { picturesPerSecond, sightSuchAs, watchFor } from '../support/shaped-page.ts';
import { steadyLayers } from '../support/steady-layers.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';

const LAYERS = [
  { rid: 'l', scaleResolutionDownBy: 4, maxBitrate: 120_000 },
  { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: 350_000 },
  { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
];
const WIDE = { rateBps: 5_000_000, delayMs: 10, queueBytes: 32 * 1024 };
/** Sound and its headers. */
const SOUND_BPS = 55_000;

// A browser on a machine that has other things to do at that moment gets another try, and is named at the end of the run.
const options = { retry: 1 };

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

const openClient = (call: 'publish' | 'play', options: object, link?: UdpShaper) =>
  openBareClient({ visitor, siteUrl: bareSite.url, link }, call, options);

const heightOf = (page: Page) => page.evaluate<number>('document.querySelector("video").videoHeight');

describe('a viewer of three layers', options, () => {
  // Of VP8, browsers send each layer in three temporal ones: two of the best one take half of it, and more than the next layer.
  test.each([
    { codec: 'VP8', hasTemporal: true },
    { codec: 'H264', hasTemporal: false },
  ])('$codec: is shown what fits his link, soon and without a freeze', async ({ codec, hasTemporal }) => {
    const { slug, key } = await api.createChannel(`layers-${codec.toLowerCase()}`);
    const publisher = await openClient('publish', { url: `${server.url}/whip`, key, video: codec, layers: LAYERS });
    const [top = 0, mid = 0] = await steadyLayers(api, slug, [720, 360, 180]);

    const link = await UdpShaper.open({ seed: 3, serverPort: server.mediaPort, down: WIDE });
    const viewer = await openClient('play', { url: `${server.url}/whep/${slug}` }, link);
    await until('the best layer is seen', async () => (await heightOf(viewer)) === 720, { timeoutMs: 10_000 });
    const best = await watchFor(viewer, 2000);
    expect(best.height).toBe(720);

    if (hasTemporal) {
      link.change({ down: { ...WIDE, rateBps: top * 0.75 + SOUND_BPS } });
      const isFewer = (fps: number) => fps < picturesPerSecond(best) * 0.8;
      await sightSuchAs('fewer large pictures', viewer, (seen) => {
        return seen.height === 720 && isFewer(picturesPerSecond(seen));
      });
    }

    // The fake camera's picture is an easy one: what is thin depends on the encoder.
    link.change({ down: { ...WIDE, rateBps: Math.min(500_000, mid * 1.05 + SOUND_BPS) } });
    await until('a smaller layer is seen', async () => (await heightOf(viewer)) < 720, { timeoutMs: 3000 });
    const thin = await watchFor(viewer, 8000);
    expect(thin.height).toBeLessThan(720);
    expect(thin.longestFreezeMs, JSON.stringify(thin)).toBeLessThan(1000);
    expect(thin.frozenShare, JSON.stringify(thin)).toBeLessThan(0.05);
    const heard = await received(viewer);

    link.change({ down: WIDE });
    await until('the best layer is back', async () => (await heightOf(viewer)) === 720, { timeoutMs: 10_000 });
    const wide = await watchFor(viewer, 3000);
    expect(wide.height).toBe(720);
    expect(wide.frozenShare, JSON.stringify(wide)).toBeLessThan(0.05);
    expect((await received(viewer)).audioEnergy).toBeGreaterThan(heard.audioEnergy);
    await viewer.close();
    await publisher.close();
    link.close();
  });
});
