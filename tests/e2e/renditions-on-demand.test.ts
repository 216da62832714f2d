import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { afterTest } from '../support/after-test.ts';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, received } from '../support/browser.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

const WIDE = { rateBps: 6_000_000, delayMs: 25, queueBytes: 32 * 1024 };
const THIN = { ...WIDE, rateBps: 300_000 };

let server: Server;
let browser: Browser;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;

beforeAll(async () => {
  [server, browser, bareSite] = await Promise.all([
    Server.start({ env: { TRANSCODERS: '1' } }),
    openBrowser(),
    openBareSite(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

const sees = (page: Page, height: number) =>
  until(
    `${height} lines are seen`,
    async () => (await page.evaluate<number>('document.querySelector("video").videoHeight')) === height,
    { timeoutMs: 60_000 },
  );

test('a link of 300 kbit/s has a stream of one layer made smaller, which its viewer then sees', async () => {
  const api = await Api.setUp(server);
  const { slug, key } = await api.createChannel('brook');
  await api.patch(`/channels/${slug}`, { isAdaptive: true });
  const media = await makeMedia({ width: 1280, height: 720, bitrateKbps: 2000, groupSeconds: 2, soundKbps: 64 });
  await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });

  const link = await UdpShaper.open({ seed: 3, serverPort: server.mediaPort, down: WIDE, up: { delayMs: 25 } });
  afterTest(() => link.close());
  const visitor = await newVisitor(browser);
  const client = { visitor, siteUrl: bareSite.url, link };
  const page = await openBareClient(client, 'play', { url: `${server.url}/whep/${slug}` });
  await sees(page, 720);

  const made = async () => ((await api.live(slug)).stream?.layers ?? []).filter(({ isRendition }) => isRendition);
  expect((await made()).every(({ isOnDemand }) => isOnDemand)).toBe(true);
  link.change({ down: THIN });
  await sees(page, 240);
  await seesMovingPicture(page);
  expect((await received(page)).videoCodec).toBe('video/AV1');
  expect((await made()).find(({ rid }) => rid === '240p')).toMatchObject({ codec: 'av1', isOnDemand: false });
});
