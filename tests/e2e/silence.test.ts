import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

const PLAYER = '[data-testid=player]';

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let media: EncodedMedia;

beforeAll(async () => {
  [server, bareSite, browser, media] = await Promise.all([Server.start(), openBareSite(), openBrowser(), makeMedia()]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

test('viewers of an encoder whose network is gone are told within seconds, and go on when it is back', async () => {
  const { slug, key } = await api.createChannel('cut-off');
  const link = await UdpShaper.open({ seed: 1, serverPort: server.mediaPort });
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media, link });
  const visitor = await newVisitor(browser);
  const page = await visitor.open(`${server.url}/${slug}`);
  await seesMovingPicture(page, PLAYER);

  link.change({ up: { loss: 1 }, down: { loss: 1 } });
  const cutMs = performance.now();
  await page.waitForSelector('[data-state=reconnecting]', { timeout: 6000 });
  expect(performance.now() - cutMs).toBeGreaterThan(2500);
  expect(await api.live(slug)).toMatchObject({ live: false, state: 'reconnecting', stream: { viewers: 1 } });

  link.change({ up: {}, down: {} });
  await page.waitForSelector('[data-state=live]', { timeout: 2000 });
  await seesMovingPicture(page, PLAYER);

  await obs.stop();
  link.close();
  await visitor.leave();
});

test('a browser that takes its camera and microphone away for a while stays live', async () => {
  const { slug, key } = await api.createChannel('paused');
  const visitor = await newVisitor(browser);
  const page = await visitor.open(bareSite.url);
  await page.waitForFunction('globalThis.client');
  await page.evaluate(`client.publish(${JSON.stringify({ url: `${server.url}/whip`, key })})`);
  await until('it is live', async () => (await api.live(slug)).state === 'live');

  const states = new Set<string>();
  await page.evaluate('probe.pause()');
  const pausedMs = performance.now();
  await until('six seconds have passed', async () => {
    states.add((await api.live(slug)).state);
    return performance.now() - pausedMs > 8000;
  });
  expect([...states]).toEqual(['live']);
  await visitor.leave();
});
