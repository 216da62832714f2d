import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

let server: Server;
let browser: Browser;
let api: Api;
let media: EncodedMedia;
let guest: Visitor;
let slug: string;

beforeAll(async () => {
  [server, browser, media] = await Promise.all([Server.start(), openBrowser(), makeMedia()]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  guest = await newVisitor(browser);
  const channel = await api.createChannel('spring');
  slug = channel.slug;
  await api.patch(`/channels/${slug}`, { visibility: 'private' });
  await ObsClient.publish({ whipUrl: `${server.url}/whip`, key: channel.key, media });
  await until('it is live', async () => (await api.live(slug)).live);
  return () => guest.leave();
});

interface Token {
  readonly id: string;
  readonly token: string;
}

const mint = (more: object = {}) => api.post<Token>(`/channels/${slug}/viewer-tokens`, { ttlSeconds: 600, ...more });
const link = ({ token }: Token) => `${server.url}/${slug}#token=${token}`;
/** Resolves once the invitation has led to the page with the player. */
async function watches(page: Page): Promise<void> {
  await page.getByTestId('player').waitFor();
  await seesMovingPicture(page);
}

const says = (page: Page, words: string) =>
  until(`the page says: ${words}`, () => page.getByText(words).first().isVisible());

test('a guest watches by his link, which leaves no token in the address, and is told when he is sent away', async () => {
  const invitation = await mint();
  const page = await guest.open(link(invitation));
  await watches(page);
  expect(page.url()).toBe(`${server.url}/${slug}`);
  await page.reload();
  await watches(page);

  await api.delete(`/channels/${slug}/viewer-tokens/${invitation.id}`);
  const leftAtMs = Date.now();
  await until('nobody watches', async () => (await api.live(slug)).stream?.viewers === 0, { timeoutMs: 2_000 });
  expect(Date.now() - leftAtMs).toBeLessThan(1_000);
  await says(page, 'Your invitation was withdrawn');
  await page.reload();
  await says(page, 'The river does not run here');
});

test('an unknown address and a private one look the same, and each takes a token', async () => {
  const texts: string[] = [];
  for (const path of [slug, 'no-such-channel']) {
    const page = await guest.open(`${server.url}/${path}`);
    await says(page, 'Have an invitation?');
    texts.push(await page.locator('main').innerText());
    await page.getByLabel('Have an invitation?').fill('ab.cd.ef');
    await page.getByRole('button', { name: 'Enter' }).click();
    await says(page, 'This invitation does not open anything here.');
  }
  expect(texts[0]).toBe(texts[1]);

  const page = await guest.open(`${server.url}/${slug}`);
  await page.getByLabel('Have an invitation?').fill((await mint()).token);
  await page.getByRole('button', { name: 'Enter' }).click();
  await watches(page);
});

test('as many watch with one token as it lets in, and the next waits for a place', async () => {
  const invitation = await mint({ maxViewers: 1 });
  const first = await guest.open(link(invitation));
  await watches(first);
  const friend = await newVisitor(browser);
  const second = await friend.open(link(invitation));
  await says(second, 'Somebody watches with this token already');
  await first.close();
  await watches(second);
  await friend.leave();
});

test('a streamer invites from the dashboard, and withdraws', async () => {
  const streamer = await newVisitor(browser);
  const page = await logIn(streamer, server.url);
  await page.goto(`${server.url}/dashboard/${slug}`);
  const section = page.getByRole('region', { name: 'Viewer tokens' });
  await section.getByLabel('For whom').fill('Ann');
  await section.getByRole('button', { name: 'New invitation' }).click();
  const url = await page.locator('dialog code', { hasText: '#token=' }).innerText();
  await page.getByRole('button', { name: 'Done' }).click();

  const watching = await guest.open(url);
  await watches(watching);
  await page.reload();
  await until('one watches', () => section.getByText('1 viewer now').isVisible());
  await section.getByRole('button', { name: 'Withdraw Ann' }).click();
  await page.getByRole('button', { name: 'Withdraw it' }).click();
  await says(watching, 'Your invitation was withdrawn');
  await until('none is listed', async () => (await section.getByRole('listitem').count()) === 0);
  await streamer.leave();
});
