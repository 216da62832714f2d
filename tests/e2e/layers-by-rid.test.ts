import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { seesCodec } from '../support/watching.ts';

// Without a mode of their own Chromium takes several encodings of these codecs for the layers of one SVC stream.
const LAYERS = [
  { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 900_000, scalabilityMode: 'L1T1' },
  { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: 300_000, scalabilityMode: 'L1T1' },
  { rid: 'l', scaleResolutionDownBy: 4, maxBitrate: 120_000, scalabilityMode: 'L1T1' },
  { rid: 'x', scaleResolutionDownBy: 8, maxBitrate: 60_000, scalabilityMode: 'L1T1' },
];

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let visitor: Visitor;

beforeAll(async () => {
  [server, bareSite, browser] = await Promise.all([Server.start(), openBareSite(), openBrowser()]);
  [api, visitor] = await Promise.all([Api.setUp(server), newVisitor(browser)]);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

async function openClient(call: 'publish' | 'play', options: object): Promise<Page> {
  const page = await visitor.open(bareSite.url);
  await page.waitForFunction('globalThis.client');
  await page.evaluate(`client.${call}(${JSON.stringify(options)}).then((stop) => { globalThis.stop = stop; })`);
  return page;
}

// Chromium sends no more than three. Of one alone it offers no name: that is any stream without simulcast.
const sentOf: readonly [number, readonly string[]][] = [
  [2, ['h', 'm']],
  [3, ['h', 'l', 'm']],
  [4, ['h', 'l', 'm']],
];

test.each(['VP9', 'AV1'].flatMap((codec) => sentOf.map(([offered, rids]) => ({ codec, offered, rids }))))(
  '$codec in $offered layers comes in by rid and is seen',
  async ({ codec, offered, rids }) => {
    const { slug, key } = await api.createChannel(`rids-${codec.toLowerCase()}-${offered}`);
    const layers = LAYERS.slice(0, offered);
    const publisher = await openClient('publish', { url: `${server.url}/whip`, key, video: codec, layers });
    await until('the layers come in', async () => {
      const heard = ((await api.live(slug)).stream?.layers ?? []).filter(({ height }) => height !== undefined);
      const names = heard.map(({ rid }) => rid).sort();
      return names.join() === rids.join();
    });

    const viewer = await openClient('play', { url: `${server.url}/whep/${slug}` });
    await seesCodec(viewer, `video/${codec}`);
    await viewer.close();
    await publisher.close();
  },
);
