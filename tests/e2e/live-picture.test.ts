import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriousFaults } from '../support/accessibility.ts';
import { Api } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

/** Transcoders give way to all else that runs. */
const PATIENTLY = { timeoutMs: 90_000 };

let server: Server;
let browser: Browser;
let visitor: Visitor;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start({ env: { TRANSCODERS: '1' } }), openBrowser()]);
  visitor = await newVisitor(browser);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const heightOf = (page: Page) => page.locator('main').evaluate((main) => main.scrollHeight);

test('the front page shows what is on, and nothing jumps when it comes', { timeout: 240_000 }, async () => {
  const api = await Api.setUp(server);
  const { slug, key } = await api.createChannel('brook');
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media: await makeMedia() });
  await until('it is live', async () => (await api.live(slug)).live);
  const page = await visitor.context.newPage();
  await page.goto(server.url);
  const card = page.getByRole('link').filter({ has: page.locator(`img[src*="thumbnail"]`) });
  const before = await heightOf(page);
  await until('the card shows it', async () => (await card.count()) === 1, PATIENTLY);
  const width = await card
    .locator('img[src*="thumbnail"]')
    .evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth);
  expect(width).toBe(640);
  expect(await heightOf(page)).toBe(before);
  expect(await seriousFaults(page)).toEqual([]);
  await keepPicture(page, 'home-live-picture');
  await obs.stop();
  await until('it is gone when nothing is on', async () => (await card.count()) === 0, PATIENTLY);
});
