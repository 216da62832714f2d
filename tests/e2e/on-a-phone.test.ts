import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { afterTest } from '../support/after-test.ts';
import { Api, owner } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { shapePage } from '../support/shaped-page.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

const PLAYER = '[data-testid=player]';
const LAYERS_MS = 60_000;
/** It would get around the link that is lost. */
const TCP_CANDIDATE = /^a=candidate:\S+ 1 tcp .*\r\n/gim;

const media = makeMedia({ seconds: 3 });
let server: Server;
let browser: Browser;
let api: Api;
let streamer: Visitor;
let viewer: Visitor;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  streamer = await newVisitor(browser, { hasPhone: true });
  api = await Api.setUp(server);
  await (await logIn(streamer, server.url)).close();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  viewer = await newVisitor(browser, { hasPhone: true });
  return () => viewer.leave();
});

const tap = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().tap();
const publish = async (key: string) => ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media: await media });

async function dashboard(slug: string): Promise<Page> {
  const page = await streamer.open(`${server.url}/dashboard/${slug}`);
  await page.waitForLoadState('networkidle');
  return page;
}

async function showControls(page: Page): Promise<void> {
  await page.touchscreen.tap(60, 90);
  await page.getByRole('button', { name: /^Quality/ }).waitFor({ timeout: LAYERS_MS });
}

test('a new owner sets up and goes live, a viewer changes the quality, loses his network, and sees on', {
  timeout: 180_000,
}, async () => {
  const fresh = await Server.start();
  afterTest(() => fresh.stop());
  const newcomer = await newVisitor(browser, { hasPhone: true });
  const studio = await newcomer.open(fresh.setupUrl);
  await studio.getByLabel('Your name').fill(owner.name);
  await studio.getByLabel('Password').fill(owner.password);
  await studio.getByLabel('Its address').fill('source');
  await tap(studio, 'Start');
  await studio.getByTestId('go-live').tap();
  await studio.getByTestId('stop').waitFor();
  await keepPicture(studio, 'phone-1-live');

  const link = await UdpShaper.open({ seed: 11, serverPort: fresh.mediaPort });
  afterTest(() => link.close());
  const page = await viewer.context.newPage();
  await shapePage(page, { inAnswer: (sdp) => link.inAnswer(sdp).replaceAll(TCP_CANDIDATE, '') });
  await page.goto(`${fresh.url}/source`);
  await seesMovingPicture(page, PLAYER);

  await showControls(page);
  await tap(page, /^Quality/);
  const least = page.getByRole('menuitemradio').filter({ hasText: /\d+p/ }).last();
  const lines = Number(/(\d+)p/.exec(await least.innerText())?.[1]);
  await keepPicture(page, 'phone-2-quality');
  await least.tap();
  await until(`${lines} lines are seen`, () =>
    page.evaluate<boolean>(`document.querySelector('${PLAYER}').videoHeight === ${lines}`),
  );

  await page.evaluate('globalThis.sameDocument = true');
  link.change({ up: { loss: 1 }, down: { loss: 1 } });
  await page.getByText('Reconnecting…').waitFor();
  await keepPicture(page, 'phone-3-lost');
  link.change({ up: {}, down: {} });
  await page.getByText('Reconnecting…').waitFor({ state: 'detached', timeout: 30_000 });
  await seesMovingPicture(page, PLAYER);
  expect(await page.evaluate('globalThis.sameDocument')).toBe(true);

  await studio.getByTestId('stop').tap();
  await studio.getByRole('dialog').getByRole('button', { name: 'End stream' }).tap();
  await page.getByText('Stay here: this page starts by itself').waitFor();
  expect([...newcomer.errors, ...viewer.errors]).toEqual([]);
  await newcomer.leave();
});

test('a guest chats, and the streamer bans him', async () => {
  const { slug } = await api.createChannel('brook');
  const guest = await viewer.open(`${server.url}/${slug}`);
  await guest.getByLabel('Your name in the chat').fill('Nora');
  await tap(guest, 'Join');
  await guest.getByLabel('Message', { exact: true }).fill('something rude');
  await tap(guest, 'Send');
  const page = await streamer.open(`${server.url}/${slug}`);
  const rude = page.getByRole('log').locator('[data-message]').filter({ hasText: 'something rude' });
  await rude.getByRole('button', { name: /^Moderate/ }).tap();
  await keepPicture(page, 'phone-4-moderate');
  await rude.getByRole('button', { name: 'Ban for 10 minutes', exact: true }).tap();
  await guest.getByText(/You may not write here until/).waitFor();
  await rude.getByRole('button', { name: /^Moderate/ }).tap();
  await rude.getByRole('button', { name: 'Delete', exact: true }).tap();
  await guest.getByText('something rude').waitFor({ state: 'detached' });
  expect(streamer.errors).toEqual([]);
});

test('a streamer makes a key, publishes with it, and revokes it, which ends the stream', async () => {
  const { slug } = await api.createChannel('weir');
  const page = await dashboard(slug);
  await page.getByLabel('Name of the new key').fill('OBS');
  await tap(page, 'New key');
  const key = await page.getByRole('dialog').locator('code').first().innerText();
  await keepPicture(page, 'phone-5-key');
  await tap(page, 'Done');
  await publish(key);
  const watch = await viewer.open(`${server.url}/${slug}`);
  await seesMovingPicture(watch, PLAYER);
  await page
    .getByRole('listitem', { name: 'OBS' })
    .getByRole('button', { name: /^Revoke/ })
    .tap();
  await tap(page, 'Revoke it');
  await watch.waitForSelector('[data-state=offline]');
  await expect(publish(key)).rejects.toThrow('401');
  expect([...streamer.errors, ...viewer.errors]).toEqual([]);
});

test('who is invited watches a private channel, and nobody else', async () => {
  const { slug, key } = await api.createChannel('spring');
  await api.patch(`/channels/${slug}`, { visibility: 'private' });
  await publish(key);
  const stranger = await viewer.open(`${server.url}/${slug}`);
  await stranger.getByText('The river does not run here').waitFor();

  const page = await dashboard(slug);
  const section = page.getByRole('region', { name: 'Viewer tokens' });
  await section.getByLabel('For whom').fill('Ann');
  await section.getByRole('button', { name: 'New invitation' }).tap();
  const url = await page.locator('dialog code', { hasText: '#token=' }).innerText();
  await stranger.goto(url);
  await stranger.getByTestId('player').waitFor();
  await seesMovingPicture(stranger, PLAYER);
  expect(stranger.url()).toBe(`${server.url}/${slug}`);
});
