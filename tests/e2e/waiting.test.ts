import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { seesMovingPicture } from '../support/watching.ts';

const PLAYER = '[data-testid=player]';
const VIEWERS = 3;
const ROUNDS = 3;

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

/** Goes live; how to stop, which gives the status of the DELETE. */
type Publish = (whipUrl: string, key: string) => Promise<() => Promise<number>>;

// It hears no PLI, and sends picture and sound at once: who misses the first keyframe waits for the next.
const asEncoder: Publish = async (whipUrl, key) => {
  const obs = await ObsClient.publish({ whipUrl, key, media });
  return () => obs.stop();
};

// Its sound comes first: viewers are connected, and hear it, before there is a packet of the picture.
const asBrowser: Publish = async (url, key) => {
  const visitor = await newVisitor(browser);
  const page = await visitor.open(bareSite.url);
  await page.waitForFunction('globalThis.client');
  await page.evaluate(`client.publish(${JSON.stringify({ url, key })}).then((stop) => { globalThis.stop = stop; })`);
  return async () => {
    const status = await page.evaluate<number>('stop()');
    await visitor.leave();
    return status;
  };
};

test.each([
  ['an encoder', asEncoder],
  ['a browser', asBrowser],
])('viewers who wait on an offline channel see the picture each time %s goes live', async (name, publish) => {
  const { slug, key } = await api.createChannel(name.replace(' ', '-'));
  // Each a visitor of his own: one browser has six connections to a server, and an open channel page holds two.
  const visitors = await Promise.all(Array.from({ length: VIEWERS }, () => newVisitor(browser)));
  const pages = await Promise.all(visitors.map((visitor) => visitor.open(`${server.url}/${slug}`)));

  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(pages.map((page) => page.waitForSelector('[data-state=offline]')));
    const stop = await publish(`${server.url}/whip`, key);
    await Promise.all(pages.map((page) => seesMovingPicture(page, PLAYER)));
    expect(await stop()).toBe(200);
  }

  expect(visitors.flatMap(({ errors }) => errors)).toEqual([]);
  await Promise.all(visitors.map((visitor) => visitor.leave()));
});
