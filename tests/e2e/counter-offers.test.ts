import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesCodec } from '../support/watching.ts';

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

const LAYERS = [
  { rid: 'q', scaleResolutionDownBy: 2 },
  { rid: 'f', scaleResolutionDownBy: 1 },
];

test.each([
  ['VP8', 'VP8', undefined],
  ['VP9', 'VP9', undefined],
  ['H264', 'H264', undefined],
  ['AV1', 'AV1', undefined],
  ['VP8 in two layers', 'VP8', LAYERS],
])('Chromium takes our offer, answers it and sees %s', async (_, codec, layers) => {
  const { slug, key } = await api.createChannel(`offered-${codec.toLowerCase()}`);
  const client = { visitor, siteUrl: bareSite.url };
  const publisher = await openBareClient(client, 'publish', {
    url: `${server.url}/whip`,
    key,
    video: codec,
    ...(layers && { layers }),
  });
  await until('it is live', async () => (await api.live(slug)).state === 'live');

  const viewer = await openBareClient(client, 'takeOffer', { url: `${server.url}/whep/${slug}` });

  await seesCodec(viewer, `video/${codec}`);
  await hearsSound(viewer);
  expect((await api.live(slug)).stream?.viewers).toBe(1);
  expect(await viewer.evaluate('stop()')).toBe(200);
  expect(await publisher.evaluate('stop()')).toBe(200);
});
