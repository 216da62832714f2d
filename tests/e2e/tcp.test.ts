import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { shapePage, watchFor } from '../support/shaped-page.ts';
import { TcpLink } from '../support/tcp-link.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesMovingPicture } from '../support/watching.ts';

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let visitor: Visitor;
let channels = 0;

beforeAll(async () => {
  [server, bareSite, browser] = await Promise.all([Server.start(), openBareSite(), openBrowser()]);
  [api, visitor] = await Promise.all([Api.setUp(server), newVisitor(browser)]);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

function newChannel(): Promise<{ slug: string; key: string }> {
  channels += 1;
  return api.createChannel(`tcp-${channels}`);
}

async function openLink(context: TestContext): Promise<TcpLink> {
  const link = await TcpLink.open({ serverPort: server.mediaPort });
  context.onTestFinished(() => link.close());
  return link;
}

/** A page that publishes or plays, over the link or as it likes. */
async function open(context: TestContext, call: 'publish' | 'play', options: object, link?: TcpLink): Promise<Page> {
  const page = await visitor.open(bareSite.url);
  context.onTestFinished(() => page.close());
  await page.waitForFunction('globalThis.client');
  if (link) await shapePage(page, link);
  await page.locator('video').click();
  await page.evaluate(`client.${call}(${JSON.stringify(options)})`);
  return page;
}

/** A channel live from an encoder with a keyframe each two seconds, which it never makes earlier. */
async function encode(context: TestContext): Promise<string> {
  const { slug, key } = await newChannel();
  const media = await makeMedia({ seconds: 10, groupSeconds: 2 });
  const encoder = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  context.onTestFinished(() => encoder.vanish());
  await until(`${slug} is live`, async () => (await api.live(slug)).state === 'live');
  return slug;
}

const transportOf = (page: Page) => page.evaluate<string>('probe.transport()');
const delayOf = (page: Page) => page.evaluate<number | undefined>('probe.delayMs()');

test('a viewer whose network drops UDP sees and hears over TCP', async (context) => {
  const link = await openLink(context);
  const slug = await encode(context);
  const page = await open(context, 'play', { url: `${server.url}/whep/${slug}` }, link);
  await Promise.all([seesMovingPicture(page), hearsSound(page)]);
  expect(await transportOf(page)).toBe('tcp');
  const sight = await watchFor(page, 5000);
  expect(sight.longestFreezeMs, JSON.stringify(sight)).toBeLessThan(500);
  expect(await delayOf(page)).toBeLessThan(500);
});

test('one whose network does not, uses UDP', async (context) => {
  const slug = await encode(context);
  const page = await open(context, 'play', { url: `${server.url}/whep/${slug}` });
  await seesMovingPicture(page);
  expect(await transportOf(page)).toBe('udp');
});

test('a browser whose network drops UDP publishes over TCP', async (context) => {
  const link = await openLink(context);
  const { slug, key } = await newChannel();
  const studio = await open(context, 'publish', { url: `${server.url}/whip`, key }, link);
  await until(`${slug} is live`, async () => (await api.live(slug)).state === 'live');
  const page = await open(context, 'play', { url: `${server.url}/whep/${slug}` });
  await Promise.all([seesMovingPicture(page), hearsSound(page)]);
  expect(await transportOf(studio)).toBe('tcp');
});

test('a viewer whose connection is cut connects again and goes on', async (context) => {
  const link = await openLink(context);
  const slug = await encode(context);
  const page = await open(context, 'play', { url: `${server.url}/whep/${slug}` }, link);
  await seesMovingPicture(page);
  const { connections } = link;
  link.cut();
  await until('it has connected again', () => link.connections > connections);
  await seesMovingPicture(page);
});
