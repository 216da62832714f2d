import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { afterTest } from '../support/after-test.ts';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { LayeredEncoder } from '../support/layered-encoder.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { Server } from '../support/server.ts';
import { watchFor } from '../support/shaped-page.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

const SEED = 5;
const GROUPS = { seconds: 10, groupSeconds: 2 };
const WIDE = { rateBps: 5_000_000, delayMs: 25, queueBytes: 64 * 1024 };
const THIN = { ...WIDE, rateBps: 500_000 };

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let visitor: Visitor;
/** The best first. Only the last one fits the thin link, with the sound. */
let layers: readonly EncodedMedia[];

beforeAll(async () => {
  [server, bareSite, browser, layers] = await Promise.all([
    Server.start(),
    openBareSite(),
    openBrowser(),
    Promise.all([
      makeMedia({ ...GROUPS, width: 1280, height: 720, bitrateKbps: 3000 }),
      makeMedia({ ...GROUPS, width: 640, height: 360, bitrateKbps: 800 }),
      makeMedia({ ...GROUPS, width: 320, height: 180, bitrateKbps: 250 }),
    ]),
  ]);
  [api, visitor] = await Promise.all([Api.setUp(server), newVisitor(browser)]);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

async function publish(hearsRequests: boolean): Promise<string> {
  const { slug, key } = await api.createChannel('three-layers');
  await LayeredEncoder.publish({ whipUrl: `${server.url}/whip`, key, layers, hearsRequests });
  await until('all layers arrive', async () => {
    const sent = (await api.live(slug)).stream?.layers ?? [];
    return sent.filter(({ height, bitrateBps }) => height !== undefined && bitrateBps > 100_000).length === 3;
  });
  return slug;
}

const heightOf = (page: Page) => page.evaluate<number>('document.querySelector("video").videoHeight');

// OBS sends a keyframe each two seconds and none when asked; browsers send them when asked.
test.each([
  { encoder: 'deaf to requests', hearsRequests: false },
  { encoder: 'that hears requests', hearsRequests: true },
])(
  'from 5 Mbit/s to 500 kbit/s and back: the fitting layer within 3 s, the best within 10 s (an encoder $encoder)',
  async ({ hearsRequests }) => {
    const slug = await publish(hearsRequests);
    const way = { down: WIDE, up: { delayMs: 25 } };
    const link = await UdpShaper.open({ seed: SEED, serverPort: server.mediaPort, ...way });
    afterTest(() => link.close());
    const client = { visitor, siteUrl: bareSite.url, link };
    const page = await openBareClient(client, 'play', { url: `${server.url}/whep/${slug}` });
    await seesMovingPicture(page);
    await until('the best layer is seen', async () => (await heightOf(page)) === 720);
    expect((await watchFor(page, 3000)).height).toBe(720);

    link.change({ down: THIN });
    await until('the fitting layer is seen', async () => (await heightOf(page)) === 180, { timeoutMs: 3000 });
    const thin = await watchFor(page, 6000);
    expect(thin.sizes, JSON.stringify(thin)).toHaveLength(1);
    expect(thin.longestFreezeMs, JSON.stringify(thin)).toBeLessThan(1000);
    expect(thin.frozenShare, JSON.stringify(thin)).toBeLessThan(0.15);

    link.change({ down: WIDE });
    await until('the best layer is back', async () => (await heightOf(page)) === 720, { timeoutMs: 10_000 });
    const wide = await watchFor(page, 3000);
    expect(wide.sizes, JSON.stringify(wide)).toHaveLength(1);
    expect(wide.frozenShare, JSON.stringify(wide)).toBeLessThan(0.1);
  },
);
