import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SECRET, tellingJpeg } from '../images/pictures.ts';
import { seriousFaults } from '../support/accessibility.ts';
import { Api } from '../support/api.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: Server;
let browser: Browser;
let api: Api;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

interface Looks {
  readonly category: string;
  readonly tags: readonly string[];
  readonly avatarUrl: string | null;
  readonly posterUrl: string | null;
}

const isDrawn = (page: Page, url: string | null) =>
  page
    .locator(`img[src="${url}"]`)
    .first()
    .evaluate((image) => 'naturalWidth' in image && Number(image.naturalWidth) > 0);

test('a streamer gives a channel its category, tags, avatar and poster, and a viewer sees them', async () => {
  const { slug } = await api.createChannel('brook');
  await api.post('/channels', { slug: `river-${slug}`, title: 'River', category: 'Outdoors' });
  const visitor = await newVisitor(browser);
  const page = await logIn(visitor, server.url);
  await page.goto(`${server.url}/dashboard/${slug}`, { waitUntil: 'networkidle' });
  const looks = () => api.get<Looks>(`/channels/${slug}`);

  expect(
    await page.locator('datalist option').evaluateAll((options) => options.map((one) => one.getAttribute('value'))),
  ).toContain('Outdoors');
  await page.getByLabel('Category').fill('Outdoors');
  await page.getByLabel('Tags').fill('Wild Water, #kayak');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await until('it is saved', async () => (await looks()).tags.length === 2);
  expect(await looks()).toMatchObject({ category: 'Outdoors', tags: ['wild-water', 'kayak'] });
  await page.getByLabel('Tags').fill('a, b');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await page.getByText('must have 2 to 24 letters').first().waitFor();
  await page.getByLabel('Tags').fill('wild-water');

  const file = { name: 'phone.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(tellingJpeg()) };
  for (const name of ['Avatar', 'Offline poster']) {
    const group = page.getByRole('group', { name });
    await group.locator('input[type=file]').setInputFiles(file);
    await group.getByRole('button', { name: 'Use this picture' }).click();
    await group.getByRole('button', { name: 'Remove' }).waitFor();
  }
  const { avatarUrl, posterUrl } = await looks();
  const avatar = await fetch(server.url + avatarUrl);
  expect(avatar.headers.get('content-type')).toBe('image/webp');
  expect(Buffer.from(await avatar.arrayBuffer()).includes(SECRET)).toBe(false);

  await page
    .getByRole('group', { name: 'Avatar' })
    .locator('input[type=file]')
    .setInputFiles({ ...file, buffer: Buffer.from('text') });
  await page.getByText('This is no picture').waitFor();
  expect(await seriousFaults(page)).toEqual([]);

  await page.goto(`${server.url}/${slug}`);
  await until(
    'avatar and poster are drawn',
    async () => (await isDrawn(page, avatarUrl)) && (await isDrawn(page, posterUrl)),
  );
  await page.getByRole('link', { name: '#wild-water' }).click();
  await page.waitForURL('**/?tag=wild-water');
  await page.getByText('Tagged #wild-water', { exact: true }).waitFor();
  expect(await page.locator('main a[href^="/river"]').count()).toBe(0);
  await until('the card has the poster', () => isDrawn(page, posterUrl));

  await page.goto(`${server.url}/dashboard/${slug}`, { waitUntil: 'networkidle' });
  await page.getByRole('group', { name: 'Avatar' }).getByRole('button', { name: 'Remove' }).click();
  await until('the avatar is gone', async () => (await looks()).avatarUrl === null);
  // The browser notes the refused tags by itself.
  expect(visitor.errors.filter((text) => !text.includes('422'))).toEqual([]);
  await visitor.leave();
});
