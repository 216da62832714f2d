import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { type Sight, shapePage, watchFor } from '../support/shaped-page.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';

const SIMULCAST = [
  { rid: 'l', scaleResolutionDownBy: 4, maxBitrate: 120_000 },
  { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: 350_000 },
  { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
];
const temporal = (scalabilityMode: string) => [{ scalabilityMode, scaleResolutionDownBy: 2, maxBitrate: 400_000 }];
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

async function openClient(call: 'publish' | 'play', options: object, link?: UdpShaper): Promise<Page> {
  const page = await visitor.open(bareSite.url);
  await page.waitForFunction('globalThis.client');
  if (link) await shapePage(page, link);
  await page.locator('video').click();
  await page.evaluate(`client.${call}(${JSON.stringify(options)}).then((stop) => { globalThis.stop = stop; })`);
  return page;
}

const fpsOf = ({ pictures, watchedMs }: Sight) => (pictures * 1000) / watchedMs;

/** Of the best layer, once it has come up to speed and keeps to it. */
async function steadyBitrate(slug: string, height: number): Promise<number> {
  let before = 0;
  return until(
    'the publisher sends steadily',
    async () => {
      const layers = (await api.live(slug)).stream?.layers ?? [];
      const bitrateBps = layers.find((layer) => layer.height === height)?.bitrateBps ?? 0;
      const isSteady = bitrateBps > 100_000 && bitrateBps < before * 1.15;
      before = bitrateBps;
      return isSteady && bitrateBps;
    },
    { timeoutMs: 60_000, everyMs: 2000 },
  );
}

/** Resolves once what is seen is as it should be, and nothing freezes. */
function settled(what: string, viewer: Page, isRight: (seen: Sight) => boolean): Promise<Sight> {
  const look = async () => {
    const seen = await watchFor(viewer, 2000);
    return seen.freezes === 0 && isRight(seen) && seen;
  };
  return until(what, look, { timeoutMs: 25_000 });
}

describe('a viewer on a thin link', () => {
  test.each([
    ['VP8', 'L1T3', temporal('L1T3'), 360, 0.75],
    ['VP8', 'simulcast', SIMULCAST, 720, 0.75],
    ['H264', 'L1T3', temporal('L1T3'), 360, 0.75],
    ['AV1', 'L1T3', temporal('L1T3'), 360, 0.75],
    ['VP9', 'L3T3_KEY', [{ scalabilityMode: 'L3T3_KEY', maxBitrate: 1_500_000 }], 720, 0.5],
  ])(
    '%s %s: sees fewer or smaller pictures, and no frozen one, until the link is wide again',
    async (codec, mode, layers, height, share) => {
      const { slug, key } = await api.createChannel(`scale-${codec}-${mode.replaceAll('_', '-')}`.toLowerCase());
      const publisher = await openClient('publish', { url: `${server.url}/whip`, key, video: codec, layers });
      await until('the stream is live', async () => (await api.live(slug)).state === 'live');
      const bitrateBps = await steadyBitrate(slug, height);

      const link = await UdpShaper.open({ seed: 3, serverPort: server.mediaPort, down: WIDE });
      const viewer = await openClient('play', { url: `${server.url}/whep/${slug}` }, link);
      const best = await watchFor(viewer, 3000);
      expect(fpsOf(best)).toBeGreaterThan(15);
      const isLess = (seen: Sight) => seen.height < best.height || fpsOf(seen) < fpsOf(best) * 0.8;
      const isBest = (seen: Sight) => seen.height === best.height && fpsOf(seen) > 15;

      // Sound takes its share.
      link.change({ down: { ...WIDE, rateBps: bitrateBps * share + 50_000 } });
      await settled('less is seen', viewer, isLess);
      const thin = await watchFor(viewer, 6000);
      expect(isLess(thin), JSON.stringify({ best, thin })).toBe(true);
      expect(thin.frozenShare, JSON.stringify(thin)).toBeLessThan(0.2);

      link.change({ down: WIDE });
      await settled('the best is seen again', viewer, isBest);
      await viewer.close();
      await publisher.close();
      link.close();
    },
  );
});

test('of AV1 in spatial layers a viewer sees the base layer', async () => {
  const { slug, key } = await api.createChannel('spatial-av1');
  const layers = [{ scalabilityMode: 'L2T2', maxBitrate: 1_500_000 }];
  const publisher = await openClient('publish', { url: `${server.url}/whip`, key, video: 'AV1', layers });
  await until('the stream is live', async () => (await api.live(slug)).state === 'live');
  await steadyBitrate(slug, 720);
  const viewer = await openClient('play', { url: `${server.url}/whep/${slug}` });
  const seen = await watchFor(viewer, 5000);
  expect(seen.height).toBe(360);
  expect(fpsOf(seen)).toBeGreaterThan(15);
  await viewer.close();
  await publisher.close();
});
