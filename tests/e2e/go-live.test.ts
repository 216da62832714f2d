import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { afterTest } from '../support/after-test.ts';
import { owner } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { endStream, goLive } from '../support/studio.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesMovingPicture, tapForSound } from '../support/watching.ts';

const PLAYER = '[data-testid=player]';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Makes the owner and the first channel as the set-up page asks for them. */
async function setUp(streamer: Visitor, slug: string): Promise<void> {
  const page = await streamer.open(server.setupUrl);
  await keepPicture(page, 'go-live-1-setup');
  await page.getByLabel('Your name').fill(owner.name);
  await page.getByLabel('Password').fill(owner.password);
  await page.getByLabel('Its address').fill(slug);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.waitForURL('**/studio');
  await page.close();
}

async function openLive(streamer: Visitor): Promise<Page> {
  const studio = await streamer.open(`${server.url}/studio`);
  await goLive(studio);
  return studio;
}

async function viewersShown(page: Page): Promise<number> {
  return Number((await page.getByTestId('viewers').innerText()).match(/\d+/)?.[0]);
}

test('a new owner sees himself after three clicks, and well within two minutes', async () => {
  const startedMs = performance.now();
  const fresh = await Server.start();
  afterTest(() => fresh.stop());
  const streamer = await newVisitor(browser);
  const page = await streamer.open(fresh.setupUrl);
  await page.getByLabel('Your name').fill(owner.name);
  await page.getByLabel('Password').fill(owner.password);
  await page.getByLabel('Its address').fill('source');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Go live' }).click();
  const [watch] = await Promise.all([
    streamer.context.waitForEvent('page'),
    page.getByRole('link', { name: 'Open the watch page' }).click(),
  ]);
  await seesMovingPicture(watch, PLAYER);
  expect(performance.now() - startedMs).toBeLessThan(120_000);
  expect(streamer.errors).toEqual([]);
  await endStream(page);
  await streamer.leave();
});

test('a streamer goes live in the studio and is seen and heard, through a restart, until he stops', async () => {
  const streamer = await newVisitor(browser);
  await setUp(streamer, 'spring');
  const viewer = await newVisitor(browser);
  const watch = await viewer.open(`${server.url}/spring`);
  await watch.waitForSelector('[data-state=offline]');
  await keepPicture(watch, 'go-live-2-offline');

  const studio = await openLive(streamer);
  await watch.waitForSelector('[data-state=live]');
  await seesMovingPicture(watch, PLAYER);
  await tapForSound(watch);
  await hearsSound(watch);
  await until('one viewer is shown', async () => (await viewersShown(watch)) === 1);
  await keepPicture(studio, 'go-live-3-studio');
  await keepPicture(watch, 'go-live-4-watching');

  const home = await viewer.open(server.url);
  await home.locator('a[href="/spring"]').first().waitFor();
  await keepPicture(home, 'go-live-5-home');
  await home.close();

  // The tab is gone at once, as with a crash of the browser: nothing of the page runs any more.
  await studio.close({ runBeforeUnload: false });
  await watch.evaluate('globalThis.sameDocument = true');
  const again = await openLive(streamer);
  await watch.waitForSelector('[data-state=live]');
  await seesMovingPicture(watch, PLAYER);
  await hearsSound(watch);
  expect(await watch.evaluate('globalThis.sameDocument')).toBe(true);
  await until('one viewer is shown', async () => (await viewersShown(watch)) === 1);

  await endStream(again);
  await watch.waitForSelector('[data-state=offline]');
  await keepPicture(watch, 'go-live-6-offline-again');

  expect([...streamer.errors, ...viewer.errors]).toEqual([]);
  await streamer.leave();
  await viewer.leave();
});
