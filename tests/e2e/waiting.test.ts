import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
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
let browser: Browser;
let media: EncodedMedia;

beforeAll(async () => {
  [server, browser, media] = await Promise.all([Server.start(), openBrowser(), makeMedia()]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

// The encoder hears no PLI, so a viewer who misses the first picture of a stream hears sound and sees nothing.
test('viewers who wait on an offline channel see the picture each time it goes live', async () => {
  const { slug, key } = await api.createChannel('waiting');
  const visitor = await newVisitor(browser);
  const pages = await Promise.all(Array.from({ length: VIEWERS }, () => visitor.open(`${server.url}/${slug}`)));

  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(pages.map((page) => page.waitForSelector('[data-state=offline]')));
    const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
    await Promise.all(pages.map((page) => seesMovingPicture(page, PLAYER)));
    expect(await obs.stop()).toBe(200);
  }

  expect(visitor.errors).toEqual([]);
  await visitor.leave();
});
