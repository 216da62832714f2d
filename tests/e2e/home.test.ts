import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriousFaults } from '../support/accessibility.ts';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { keepPicture, newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const CHANNELS = [
  { slug: 'glacier-walk', title: 'A walk on the glacier', category: 'Outdoors' },
  { slug: 'night-chess', title: 'Chess until midnight', category: 'Games' },
  { slug: 'tide-pool', title: 'What lives in the tide pool', category: 'Outdoors' },
  { slug: 'slow-piano', title: 'Slow piano', category: 'Music' },
];
const PHONE = { width: 390, height: 844 };

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let visitor: Visitor;
let studio: Page;

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

async function goLive(slug: string): Promise<void> {
  const { key } = await api.post<{ key: string }>(`/channels/${slug}/keys`, { name: 'tests' });
  studio = await visitor.context.newPage();
  await studio.goto(bareSite.url);
  await studio.waitForFunction('globalThis.client');
  const publish = { url: `${server.url}/whip`, key, video: 'VP8' };
  await studio.evaluate(`client.publish(${JSON.stringify(publish)}).then((stop) => { globalThis.stop = stop; })`);
  await until('it is live', async () => (await api.live(slug)).live);
}

const titles = (page: Page) => page.locator('li').getByRole('heading').allInnerTexts();
const category = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Categories' }).getByRole('link', { name });

test('a home page of nobody says so, and how to begin', async () => {
  const page = await visitor.open(server.url);
  await page.getByRole('heading', { name: 'Still water' }).waitFor();
  await keepPicture(page, 'home-1-empty');
  expect(await seriousFaults(page)).toEqual([]);
});

test('who is live comes first, who is not says since when, and the page follows without a reload', async () => {
  for (const channel of CHANNELS) await api.post('/channels', channel);
  const page = await visitor.open(server.url);
  await page.getByRole('heading', { name: 'Offline' }).waitFor();
  expect(await page.getByText('Not live yet').count()).toBe(CHANNELS.length);

  await goLive('night-chess');
  await page.clock.install();
  await page.reload();
  await page.getByText('1 viewer').or(page.getByText('0 viewers')).waitFor();
  expect((await titles(page))[0]).toBe('Chess until midnight');
  await keepPicture(page, 'home-2-live');
  expect(await seriousFaults(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await keepPicture(page, 'home-3-live-dark');
  expect(await seriousFaults(page)).toEqual([]);
  await page.setViewportSize(PHONE);
  await keepPicture(page, 'home-4-phone-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await keepPicture(page, 'home-5-phone');

  await api.post('/channels/night-chess/live/stop');
  await page.clock.runFor(16_000);
  await page.getByText('Last live now').waitFor();
});

test('a search is in the address, is reached by a key, and goes with a category', async () => {
  const page = await visitor.open(server.url);
  await page.getByRole('heading', { name: 'Offline' }).waitFor();
  await until('the key leads to the search', async () => {
    await page.keyboard.press('/');
    return page.evaluate<boolean>("document.activeElement.name === 'q'");
  });
  await page.keyboard.type('the');
  await page.waitForURL('**/?q=the');
  await until('two are found', async () => (await titles(page)).length === 2);
  expect(await page.getByRole('searchbox').inputValue()).toBe('the');

  await page.goto(`${server.url}/?q=tide`);
  expect(await titles(page)).toEqual(['What lives in the tide pool']);
  await page.goto(server.url);
  await category(page, 'Outdoors').click();
  await page.waitForURL('**/?category=Outdoors');
  await until('two are in it', async () => (await titles(page)).length === 2);
  await category(page, 'Music').click();
  await until('one is in the other', async () => (await titles(page)).join() === 'Slow piano');
  await page.goBack();
  await until('the first is back', async () => (await titles(page)).length === 2);

  await page.goto(`${server.url}/?q=nothing+like+it`);
  await page.getByText('matches “nothing like it”').waitFor();
  await page.getByRole('link', { name: 'Show everyone' }).click();
  await until('all are there', async () => (await titles(page)).length === CHANNELS.length);
  expect(visitor.errors).toEqual([]);
});
