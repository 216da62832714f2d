import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { LayeredEncoder } from '../support/layered-encoder.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { watchFor } from '../support/shaped-page.ts';
import { until } from '../support/until.ts';

const LAYERS = [
  { width: 1280, height: 720, bitrateKbps: 800 },
  { width: 640, height: 360, bitrateKbps: 150 },
];
/** What people do not notice, with some room below (ITU-R BT.1359: 45 ms early, 125 ms late). */
const IN_SYNC_MS = 40;
// A browser moves the buffers of sound and picture by tens of ms, each by itself, when the machine is busy.
const STEADY_BUFFER_MS = 150;

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let visitor: Visitor;
/** The best first. */
let layers: readonly EncodedMedia[];
let media: EncodedMedia;

beforeAll(async () => {
  [server, bareSite, browser, layers, media] = await Promise.all([
    Server.start(),
    openBareSite(),
    openBrowser(),
    Promise.all(LAYERS.map((shape) => makeMedia(shape))),
    makeMedia({ width: 854, height: 480 }),
  ]);
  [api, visitor] = await Promise.all([Api.setUp(server), newVisitor(browser)]);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

const play = (options: object) => openBareClient({ visitor, siteUrl: bareSite.url }, 'play', options);

/** Sender reports come every other second, and a browser moves sound and picture together bit by bit. */
async function comesInSync(page: Page): Promise<void> {
  const look = async () => {
    const { lipOffsetMs = Number.POSITIVE_INFINITY } = await watchFor(page, 1500);
    return lipOffsetMs < IN_SYNC_MS;
  };
  await until('sound and picture are in sync', look, { timeoutMs: 12_000 });
}

const seesLines = (page: Page, lines: number) =>
  until(
    `${lines} lines are seen`,
    async () => (await page.evaluate<number>('document.querySelector("video").videoHeight')) === lines,
  );

test('lips are in sync after a join, after going over to another layer, and after a take-over', async () => {
  const { slug, key } = await api.createChannel('lips');
  // Not a browser: two encoders of its own would have it show late what it decodes.
  await LayeredEncoder.publish({ whipUrl: `${server.url}/whip`, key, layers, hearsRequests: true });
  const hasBoth = async () => {
    const layers = (await api.live(slug)).stream?.layers ?? [];
    return layers.length === 2 && layers.every(({ bitrateBps }) => bitrateBps > 50_000);
  };
  await until('both layers flow', hasBoth, { timeoutMs: 30_000 });

  const viewer = await play({ url: `${server.url}/whep/${slug}`, bufferMs: STEADY_BUFFER_MS });
  await seesLines(viewer, 720);
  await comesInSync(viewer);

  const choice = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rid: '1' }),
  };
  expect((await fetch(`${await viewer.evaluate<string>('session')}/layer`, choice)).status).toBe(200);
  await seesLines(viewer, 360);
  await comesInSync(viewer);

  const encoder = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  await seesLines(viewer, 480);
  await comesInSync(viewer);

  await encoder.stop();
});
