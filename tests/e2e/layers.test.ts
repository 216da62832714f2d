import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, received, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { watchFor } from '../support/shaped-page.ts';
import { steadyLayers } from '../support/steady-layers.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';

const LAYERS = [
  { rid: 'l', scaleResolutionDownBy: 4, maxBitrate: 120_000 },
  { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: 350_000 },
  { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
];
/** Sound and its headers. */
const SOUND_BPS = 55_000;
const WIDE = { rateBps: 5_000_000, delayMs: 10, queueBytes: 32 * 1024 };

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

describe('a viewer of three layers', () => {
  test.each(['VP8', 'H264'])('%s: is shown the one that fits his link, soon and without a freeze', async (codec) => {
    const { slug, key } = await api.createChannel(`layers-${codec.toLowerCase()}`);
    const publisher = await openClient('publish', { url: `${server.url}/whip`, key, video: codec, layers: LAYERS });
    const [, mid] = await steadyLayers(api, slug, [720, 360, 180]);

    const link = await UdpShaper.open({ seed: 3, serverPort: server.mediaPort, down: WIDE });
    const viewer = await openClient('play', { url: `${server.url}/whep/${slug}` }, link);
    await until('the best layer is seen', async () => (await heightOf(viewer)) === 720, { timeoutMs: 10_000 });
    expect((await watchFor(viewer, 5000)).height).toBe(720);

    // The fake camera's picture is an easy one: what is thin depends on the encoder. Of VP8, two of three temporal
    // layers of the best one take 1.2 times as much as the middle one.
    const thinBps = (mid?.bitrateBps ?? 0) * 1.05 + SOUND_BPS;
    link.change({ down: { ...WIDE, rateBps: Math.min(500_000, thinBps) } });
    await until('a smaller layer is seen', async () => (await heightOf(viewer)) < 720, { timeoutMs: 3000 });
    const thin = await watchFor(viewer, 10_000);
    expect(thin.height).toBeLessThan(720);
    expect(thin.frozenShare, JSON.stringify(thin)).toBeLessThan(0.15);
    const heard = await received(viewer);

    link.change({ down: WIDE });
    await until('the best layer is back', async () => (await heightOf(viewer)) === 720, { timeoutMs: 10_000 });
    const wide = await watchFor(viewer, 5000);
    expect(wide.height).toBe(720);
    expect(wide.frozenShare, JSON.stringify(wide)).toBeLessThan(0.15);
    expect((await received(viewer)).audioEnergy).toBeGreaterThan(heard.audioEnergy);
    await viewer.close();
    await publisher.close();
    link.close();
  });
});
