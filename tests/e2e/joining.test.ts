import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { shapePage } from '../support/shaped-page.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';

const JOINS = 10;
const LOSSY = { loss: 0.1, delayMs: 15 };

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;

beforeAll(async () => {
  [server, bareSite, browser] = await Promise.all([Server.start(), openBareSite(), openBrowser()]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

test('where a tenth is lost, viewers of an encoder deaf to requests see its last keyframe, not its next', async () => {
  const { slug, key } = await api.createChannel('deaf');
  const media = await makeMedia({ seconds: 4, groupSeconds: 2 });
  const encoder = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  await until('it is live', async () => (await api.live(slug)).state === 'live');
  const visitor = await newVisitor(browser);

  const tookMs: number[] = [];
  for (let join = 0; join < JOINS; join += 1) {
    const link = await UdpShaper.open({ seed: 1 + join, serverPort: server.mediaPort, up: LOSSY, down: LOSSY });
    const page = await visitor.open(bareSite.url);
    await page.waitForFunction('globalThis.client');
    await shapePage(page, link);
    tookMs.push(
      await page.evaluate<number>(`client.firstPicture(${JSON.stringify({ url: `${server.url}/whep/${slug}` })})`),
    );
    await page.close();
    link.close();
  }

  const sorted = tookMs.toSorted((a, b) => a - b);
  expect(sorted[JOINS / 2], JSON.stringify(sorted)).toBeLessThan(600);
  expect(sorted.at(-2), JSON.stringify(sorted)).toBeLessThan(1000);
  await encoder.stop();
  await visitor.leave();
});
