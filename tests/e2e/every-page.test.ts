import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriousFaults } from '../support/accessibility.ts';
import { Api } from '../support/api.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { makeMedia } from '../support/media-file.ts';
import { recordStream } from '../support/recorded-stream.ts';
import { Server } from '../support/server.ts';
import { sitePages } from '../support/site-pages.ts';

const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;
/** What nobody sees who is not logged in. */
const OWN = /^\/(?:account|admin|dashboard|studio)\b/;

let server: Server;
let browser: Browser;
let stranger: Visitor;
let api: Api;
/** Of the page that is there once. */
let faultsOfSetUp: readonly string[];

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start({ env: { REGISTRATION: 'open' } }), openBrowser()]);
  stranger = await newVisitor(browser);
  faultsOfSetUp = await faultsOf(await stranger.context.newPage(), server.setupUrl.slice(server.url.length));
  api = await Api.setUp(server);
  await api.post('/channels', { slug: 'spring', title: 'Spring', visibility: 'private' });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** On every screen and in either theme. */
async function faultsOf(page: Page, path: string): Promise<string[]> {
  const found: string[] = [];
  await page.goto(server.url + path, { waitUntil: 'load' });
  await page.getByRole('heading').first().waitFor({ state: 'attached' });
  for (const [screen, size] of Object.entries(SCREENS)) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await seriousFaults(page)).map((fault) => `${path}, ${screen}, ${colorScheme}: ${fault}`));
    }
  }
  return found;
}

test('no page of the site keeps anybody out, on any screen and in either theme', { timeout: 240_000 }, async () => {
  const theirs = await stranger.context.newPage();
  const found = [...faultsOfSetUp];
  const media = await makeMedia({ seconds: 3 });
  const { slug, recording } = await recordStream('brook', { server, api, browser, media });
  const { items } = await api.get<{ items: readonly { id: string }[] }>(`/channels/${slug}/streams`);

  const owner = await newVisitor(browser);
  const own = await logIn(owner, server.url);
  for (const path of sitePages(slug, { stream: items[0]?.id ?? '', recording: recording.id })) {
    found.push(...(await faultsOf(OWN.test(path) ? own : theirs, path)));
  }
  for (const path of ['/spring', '/no-such-brook', '/invite?token=x', '/reset-password?token=x']) {
    found.push(...(await faultsOf(theirs, path)));
  }
  expect(found).toEqual([]);
  await owner.leave();
});
