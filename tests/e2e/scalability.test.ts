import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { picturesPerSecond, type Sight, sightDuring, sightSuchAs, watchFor } from '../support/shaped-page.ts';
import { steadyLayers } from '../support/steady-layers.ts';
import { UdpShaper } from '../support/udp-shaper.ts';

const MAX_BPS: Readonly<Record<number, number>> = { 360: 400_000, 720: 1_500_000 };
/** Sound takes its share. */
const SOUND_BPS = 55_000;
const WIDE = { rateBps: 5_000_000, delayMs: 10, queueBytes: 32 * 1024 };

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

describe('a viewer on a thin link', options, () => {
  test.each([
    ['VP8', 'L1T3', 360, 0.75],
    ['AV1', 'L1T3', 360, 0.75],
    ['VP9', 'L3T3_KEY', 720, 0.5],
    ['AV1', 'L3T3_KEY', 720, 0.5],
  ])(
    '%s %s: sees fewer or smaller pictures, and no frozen one, until the link is wide again',
    async (codec, scalabilityMode, height, share) => {
      const { slug, key } = await api.createChannel(`scale-${codec}-${scalabilityMode.slice(0, 4)}`.toLowerCase());
      const layers = [{ scalabilityMode, scaleResolutionDownBy: 720 / height, maxBitrate: MAX_BPS[height] }];
      const publisher = await openClient('publish', { url: `${server.url}/whip`, key, video: codec, layers });
      const [bitrateBps = 0] = await steadyLayers(api, slug, [height]);

      const link = await UdpShaper.open({ seed: 3, serverPort: server.mediaPort, down: WIDE });
      const viewer = await openClient('play', { url: `${server.url}/whep/${slug}` }, link);
      const best = await sightSuchAs('the best', viewer, (seen) => picturesPerSecond(seen) > 15);
      const isLess = (seen: Sight) =>
        seen.height < best.height || picturesPerSecond(seen) < picturesPerSecond(best) * 0.8;
      const isBest = (seen: Sight) => seen.height === best.height && picturesPerSecond(seen) > 15;

      link.change({ down: { ...WIDE, rateBps: bitrateBps * share + SOUND_BPS } });
      await sightSuchAs('less', viewer, isLess);
      const thin = await watchFor(viewer, 4000);
      expect(isLess(thin), JSON.stringify({ best, thin })).toBe(true);
      expect(thin.frozenShare, JSON.stringify(thin)).toBeLessThan(0.1);

      link.change({ down: WIDE });
      await sightSuchAs('the best again', viewer, isBest);
      await viewer.close();
      await publisher.close();
      link.close();
    },
  );
});

test.each(['L3T3', 'L2T2_KEY_SHIFT'])(
  'AV1 %s: a viewer comes down to each smaller picture and up again without a freeze',
  options,
  async (scalabilityMode) => {
    const { slug, key } = await api.createChannel(`av1-${scalabilityMode.toLowerCase().replaceAll('_', '-')}`);
    const layers = [{ scalabilityMode, maxBitrate: MAX_BPS[720] }];
    const publisher = await openClient('publish', { url: `${server.url}/whip`, key, video: 'AV1', layers });
    await steadyLayers(api, slug, [720]);
    const viewer = await openClient('play', { url: `${server.url}/whep/${slug}` });
    const session = await viewer.evaluate<string>('session');
    const sees = (height: number) =>
      sightSuchAs(`${height} lines`, viewer, (seen) => seen.height === height && picturesPerSecond(seen) > 15);

    await sees(720);
    const highest = Number(scalabilityMode[1]) - 1;
    for (const maxSpatialLayerId of [highest - 1, 0, highest]) {
      const sight = await sightDuring(viewer, async () => {
        await ask(session, { maxSpatialLayerId });
        await sees(720 / 2 ** (highest - maxSpatialLayerId));
      });
      expect(sight.longestFreezeMs, JSON.stringify(sight)).toBeLessThan(500);
    }
    await viewer.close();
    await publisher.close();
  },
);

async function ask(session: string, wish: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${session}/layer`, { method: 'POST', headers, body: JSON.stringify(wish) });
  expect(answer.status).toBe(200);
}
