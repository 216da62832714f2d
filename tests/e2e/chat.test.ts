import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: Server;
let browser: Browser;
let api: Api;
let slug: string;
let streamer: Visitor;
let guest: Visitor;
let streamerPage: Page;
let guestPage: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  api = await Api.setUp(server);
  ({ slug } = await api.createChannel('brook'));
  streamer = await newVisitor(browser);
  await (await logIn(streamer, server.url)).close();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  await api.patch(`/channels/${slug}`, { chat: 'everyone', slowModeSeconds: 0, chatLinks: false });
  guest = await newVisitor(browser);
  [streamerPage, guestPage] = await Promise.all([open(streamer), open(guest)]);
});

afterEach(async () => {
  await guest.leave();
});

async function open(visitor: Visitor): Promise<Page> {
  const page = await visitor.open(`${server.url}/${slug}`);
  const join = page.getByLabel('Your name in the chat');
  const input = page.getByLabel('Message', { exact: true });
  await join.or(input).waitFor();
  if (await join.isVisible()) {
    await join.fill('Nora');
    await page.getByRole('button', { name: 'Join' }).click();
  }
  await input.waitFor();
  return page;
}

/** Those that were said, not those on their way. */
const messages = (page: Page) => page.getByRole('log').locator('[data-message]:not([data-message=""])');
const row = (page: Page, text: string) => messages(page).filter({ hasText: text });

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.keyboard.press('Enter');
}

test('a guest and the streamer talk, and what a guest types is never markup', async () => {
  await say(guestPage, 'hello <img src=x onerror=alert(1)> :wave:');
  await row(streamerPage, 'hello <img src=x onerror=alert(1)> 👋').waitFor();
  await say(streamerPage, '<script>alert(2)</script> welcome');
  await row(guestPage, '<script>alert(2)</script> welcome').waitFor();
  expect(await row(guestPage, 'welcome').innerText()).toContain('Streamer');
  expect(await guestPage.getByRole('log').locator('img, script').count()).toBe(0);
  await guestPage.reload();
  await row(guestPage, 'welcome').waitFor();
  await Promise.all([keepPicture(guestPage, 'chat-guest'), keepPicture(streamerPage, 'chat-streamer')]);
  await guestPage.setViewportSize({ width: 390, height: 844 });
  await guestPage.emulateMedia({ colorScheme: 'dark' });
  await keepPicture(guestPage, 'chat-phone');
});

test('addresses are text, and links once the streamer allows them', async () => {
  await say(guestPage, 'look at https://example.org/x and javascript:alert(3)');
  const said = row(streamerPage, 'https://example.org/x');
  await said.waitFor();
  expect(await said.locator('a').count()).toBe(0);
  await api.patch(`/channels/${slug}`, { chatLinks: true });
  const link = said.getByRole('link');
  await link.waitFor();
  expect(await link.count()).toBe(1);
  expect(await link.getAttribute('href')).toBe('https://example.org/x');
  expect(await link.getAttribute('rel')).toBe('nofollow noopener noreferrer');
});

test('slow mode counts down for the guest, and not for the streamer', async () => {
  await api.patch(`/channels/${slug}`, { slowModeSeconds: 60 });
  await guestPage.getByText('Slow mode: one message each 60 s').waitFor();
  await say(guestPage, 'slowly');
  await guestPage.getByText(/You can write again in \d+ s/).waitFor();
  await say(guestPage, 'more');
  expect(await row(guestPage, 'more').count()).toBe(0);
  for (const text of ['one of mine', 'two of mine']) await say(streamerPage, text);
  await row(guestPage, 'two of mine').waitFor();
});

test('a message that is deleted goes for everybody, and who is banned is told so', async () => {
  await say(guestPage, 'something rude');
  const rude = row(streamerPage, 'something rude');
  const press = async (name: string) => {
    await rude.hover();
    await rude.getByRole('button', { name: /^Moderate/ }).click();
    await rude.getByRole('button', { name, exact: true }).click();
  };
  await rude.waitFor();
  await rude.hover();
  await rude.getByRole('button', { name: /^Moderate/ }).click();
  await keepPicture(streamerPage, 'chat-moderation');
  await rude.getByRole('button', { name: /^Moderate/ }).click();
  await press('Ban for 10 minutes');
  await guestPage.getByText(/You may not write here until/).waitFor();
  await press('Delete');
  await until('the message is gone for the guest', async () => (await row(guestPage, 'something rude').count()) === 0);
  await rude.getByText('deleted by owner').waitFor();
  await streamerPage.goto(`${server.url}/dashboard/${slug}`);
  await streamerPage.getByRole('button', { name: 'Lift the ban' }).click();
  await streamerPage.getByText('Nobody. Ban people').waitFor();
  await guestPage.getByLabel('Message', { exact: true }).waitFor();
  await say(guestPage, 'sorry');
  await row(guestPage, 'sorry').waitFor();
  expect([...streamer.errors, ...guest.errors]).toEqual([]);
});
