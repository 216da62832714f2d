import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { keepPicture, newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

const LAYERS = [
  { rid: 'l', scaleResolutionDownBy: 4, maxBitrate: 120_000 },
  { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: 350_000 },
  { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
];
const PHONE = { width: 390, height: 844 };

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

async function publish(visitor: Visitor, key: string): Promise<Page> {
  const page = await visitor.open(bareSite.url);
  await page.waitForFunction('globalThis.client');
  const options = { url: `${server.url}/whip`, key, video: 'VP8', layers: LAYERS };
  await page.evaluate(`client.publish(${JSON.stringify(options)}).then((stop) => { globalThis.stop = stop; })`);
  return page;
}

const heightOf = (page: Page) => page.evaluate<number>('document.querySelector("video").videoHeight');
const sees = (page: Page, height: number) =>
  until(`a picture of ${height} lines`, async () => (await heightOf(page)) === height, { timeoutMs: 15_000 });
const button = (page: Page) => page.getByRole('button', { name: /^Quality/ });
// `Auto (360p)` is not the entry 360p.
const entry = (page: Page, begin: string) => page.getByRole('menuitemradio', { name: new RegExp(`^${begin}( |$)`) });

async function choose(page: Page, name: string): Promise<void> {
  await button(page).click();
  await entry(page, name).click();
}

test('a viewer chooses a quality by hand, keeps it through a lost session and a new page, and goes back to Auto', async () => {
  const { slug, key } = await api.createChannel('qualities');
  const streamer = await newVisitor(browser);
  await publish(streamer, key);
  await until(
    'three layers come',
    async () => {
      const layers = (await api.live(slug)).stream?.layers ?? [];
      return (
        layers.filter(({ bitrateBps }) => bitrateBps > 50_000).length === 3 && layers.some((l) => l.height === 720)
      );
    },
    { timeoutMs: 60_000, everyMs: 250 },
  );

  const viewer = await newVisitor(browser);
  let session = '';
  viewer.context.on('response', (response) => {
    const { location } = response.headers();
    if (location?.startsWith('/whep/sessions/') && !location.includes('/sse/')) session = `${server.url}${location}`;
  });
  const watch = await viewer.open(`${server.url}/${slug}`);
  await watch.waitForSelector('[data-state=live]');
  await sees(watch, 720);
  await button(watch).waitFor();
  await until('Auto says what it chose', async () => (await button(watch).ariaSnapshot()).includes('Auto (720p)'));

  await button(watch).click();
  await entry(watch, '180p').waitFor();
  const texts = await watch.getByRole('menuitemradio').allInnerTexts();
  expect(texts.map((text) => text.split('\n')[0])).toEqual(['Auto (720p)', '720p', '360p', '180p', 'Audio only']);
  for (const text of texts.slice(1, 4)) expect(text).toMatch(/\n[\d.]+ [kM]bit\/s$/);
  expect(await entry(watch, 'Auto').getAttribute('aria-checked')).toBe('true');
  await keepPicture(watch, 'quality-1-menu');
  await entry(watch, '180p').click();
  await sees(watch, 180);
  await seesMovingPicture(watch);
  await until('the button says so', async () => (await button(watch).ariaSnapshot()).includes('Quality: 180p"'));

  // Its session is gone on the server: the page makes a new one, and asks for the same.
  const asked = watch.waitForResponse((response) => response.url().endsWith('/layer'));
  await fetch(session, { method: 'DELETE' });
  expect((await asked).status()).toBe(200);
  await watch.waitForSelector('[data-state=live]');
  await sees(watch, 180);
  await seesMovingPicture(watch);

  await watch.reload();
  await watch.waitForSelector('[data-state=live]');
  await sees(watch, 180);
  await seesMovingPicture(watch);
  expect(await heightOf(watch)).toBe(180);

  await choose(watch, 'Auto');
  await sees(watch, 720);
  await choose(watch, '360p');
  await sees(watch, 360);
  await choose(watch, 'Auto');
  await sees(watch, 720);
  expect([...viewer.errors, ...streamer.errors]).toEqual([]);

  await viewer.leave();
  await streamer.leave();
});

test('the menu works by keyboard and on a phone', async () => {
  const { slug, key } = await api.createChannel('qualities-small');
  const streamer = await newVisitor(browser);
  await publish(streamer, key);
  const viewer = await newVisitor(browser);
  const watch = await viewer.open(`${server.url}/${slug}`);
  await button(watch).waitFor({ timeout: 60_000 });

  const focused = () => watch.evaluate<string>('document.activeElement.ariaLabel || document.activeElement.innerText');
  await until(
    'all entries are there',
    async () => {
      await button(watch).focus();
      await watch.keyboard.press('Enter');
      const count = await watch.getByRole('menuitemradio').count();
      if (count < 5) await watch.keyboard.press('Escape');
      return count === 5;
    },
    { timeoutMs: 60_000 },
  );
  await until('the choice has the focus', async () => (await focused()).startsWith('Auto'));
  await watch.keyboard.press('ArrowUp');
  expect(await focused()).toBe('Audio only');
  await watch.keyboard.press('ArrowDown');
  await watch.keyboard.press('ArrowDown');
  expect(await focused()).toMatch(/^720p/);
  await watch.keyboard.press('End');
  expect(await focused()).toBe('Audio only');
  await watch.keyboard.press('Escape');
  await entry(watch, '180p').waitFor({ state: 'hidden' });
  expect(await focused()).toMatch(/^Quality/);
  expect(await watch.evaluate('document.querySelector("video").volume')).toBe(1);

  await watch.keyboard.press('Enter');
  await until('the choice has the focus again', async () => (await focused()).startsWith('Auto'));
  await watch.keyboard.press('End');
  await watch.keyboard.press('ArrowUp');
  await watch.keyboard.press('Enter');
  await sees(watch, 180);

  await watch.setViewportSize(PHONE);
  await watch.emulateMedia({ colorScheme: 'dark' });
  await watch.mouse.move(100, 150);
  await button(watch).click();
  await entry(watch, '360p').waitFor();
  await keepPicture(watch, 'quality-2-phone');
  for (const item of await watch.getByRole('menuitemradio').all()) {
    const box = await item.boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= PHONE.width && box.y + box.height <= PHONE.height).toBe(true);
    expect(box?.height).toBeGreaterThanOrEqual(44);
  }
  await entry(watch, '360p').click();
  await sees(watch, 360);
  expect(viewer.errors).toEqual([]);

  await viewer.leave();
  await streamer.leave();
});

test('a chosen layer that the publisher stops is replaced, shown as such, and comes back', async () => {
  const { slug, key } = await api.createChannel('qualities-away');
  const streamer = await newVisitor(browser);
  const publisher = await publish(streamer, key);
  const viewer = await newVisitor(browser);
  const watch = await viewer.open(`${server.url}/${slug}`);
  await button(watch).waitFor({ timeout: 60_000 });
  await choose(watch, '360p');
  await sees(watch, 360);

  await publisher.evaluate("probe.switchLayer('m', false)");
  await until('another one is seen', async () => (await heightOf(watch)) !== 360);
  await seesMovingPicture(watch);
  await button(watch).click();
  await entry(watch, '360p not sent now').waitFor();
  expect(await entry(watch, '360p').getAttribute('aria-checked')).toBe('true');
  await keepPicture(watch, 'quality-3-away');
  await watch.keyboard.press('Escape');

  await publisher.evaluate("probe.switchLayer('m', true)");
  await sees(watch, 360);
  await seesMovingPicture(watch);
  await button(watch).click();
  await entry(watch, '360p').waitFor();
  await entry(watch, '360p not sent now').waitFor({ state: 'hidden' });
  expect(viewer.errors).toEqual([]);

  await viewer.leave();
  await streamer.leave();
});
