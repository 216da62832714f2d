import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPlayerLibrary } from '../../src/http/player-library.ts';
import { seriousFaults } from '../support/accessibility.ts';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { keepPicture, newVisitor, openBrowser, received, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const LARGEST_BYTES = 60_000;

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let streamer: Visitor;
let slug: string;

beforeAll(async () => {
  [bareSite, browser] = await Promise.all([openBareSite(), openBrowser()]);
  server = await Server.start({ env: { EMBED_ORIGINS: new URL(bareSite.url).origin } });
  api = await Api.setUp(server);
  const channel = await api.createChannel('brook');
  slug = channel.slug;
  streamer = await newVisitor(browser);
  const page = await streamer.context.newPage();
  await page.goto(bareSite.url);
  await page.waitForFunction('globalThis.client');
  const publish = { url: `${server.url}/whip`, key: channel.key, video: 'VP8' };
  await page.evaluate(`client.publish(${JSON.stringify(publish)}).then((stop) => { globalThis.stop = stop; })`);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

/** A page that is not ours, with this in its body. */
async function openForeign(visitor: Visitor, html: string): Promise<Page> {
  const page = await visitor.open(bareSite.url);
  await page.setContent(`<!doctype html><html lang="en"><title>Elsewhere</title><body>${html}</body></html>`);
  return page;
}

async function framesGrow(page: Pick<Page, 'evaluate'>): Promise<void> {
  const { framesDecoded } = await received(page);
  await until('frames are decoded', async () => (await received(page)).framesDecoded > framesDecoded + 10);
}

test('the embedded player plays within a page that may show it, and says to nobody where it stands', async () => {
  const viewer = await newVisitor(browser);
  const page = await openForeign(
    viewer,
    `<iframe src="${server.url}/embed/${slug}" width="640" height="360" allow="autoplay; fullscreen"></iframe>`,
  );
  const frame = await until('the frame is there', () => page.frames().find((one) => one.url().includes('/embed/')));
  await frame.waitForSelector('[data-state=live]');
  await framesGrow(frame);
  expect(await frame.evaluate<boolean>("document.querySelector('video').muted")).toBe(true);
  await keepPicture(page, 'embed-1-frame');
  expect(viewer.errors).toEqual([]);

  const { headers } = await fetch(`${server.url}/embed/${slug}`);
  expect(headers.get('content-security-policy')).toContain(`frame-ancestors 'self' ${new URL(bareSite.url).origin}`);
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.has('x-frame-options')).toBe(false);
  await viewer.leave();
});

test('what begins when asked asks nothing before, and can begin without controls', async () => {
  const viewer = await newVisitor(browser);
  const page = await viewer.open(`${server.url}/embed/${slug}?autoplay=0&controls=0&muted=0`);
  const start = page.getByRole('button', { name: 'Watch live' });
  await start.waitFor();
  expect(await page.evaluate<number>('probe.peers()')).toBe(0);
  await start.click();
  await page.waitForSelector('[data-state=live]');
  await framesGrow(page);
  expect(await page.getByRole('button').count()).toBe(0);
  await viewer.leave();
});

test('no page but the embedded player is shown by others, and a private channel by nobody', async () => {
  await api.post('/channels', { slug: 'cave', title: 'Cave', visibility: 'private' });
  for (const path of ['/', `/${slug}`, '/login', '/embed/cave', '/embed/nobody']) {
    const { headers } = await fetch(server.url + path);
    expect(headers.get('x-frame-options'), path).toBe('DENY');
    const policy = headers.get('content-security-policy') ?? "frame-ancestors 'none'";
    expect(policy, path).toContain("frame-ancestors 'none'");
  }
});

test('<freshet-player> plays a channel on a page of another site, in less than 60 kB', async () => {
  const { gzip } = await readPlayerLibrary();
  expect(gzip.byteLength).toBeLessThan(LARGEST_BYTES);

  const viewer = await newVisitor(browser);
  let session = '';
  viewer.context.on('response', async (response) => {
    const location = await response.headerValue('location');
    if (response.url().endsWith(`/whep/${slug}`)) session = `${server.url}${location}`;
  });
  const page = await openForeign(
    viewer,
    `<script type="module" src="${server.url}/freshet-player.js"></script>
     <main><h1>Elsewhere</h1><freshet-player channel="${slug}" name="The brook" style="width: 720px"></freshet-player></main>`,
  );
  const player = page.getByRole('region', { name: 'Player of The brook' });
  await player.waitFor();
  await page.locator('[data-state=live]').waitFor();
  await framesGrow(page);
  await player.hover();
  await page.getByRole('button', { name: /^Unmute/ }).click();
  await until('it is heard', async () => (await received(page)).audioEnergy > 0.001);
  await keepPicture(page, 'embed-2-element');
  expect(await seriousFaults(page)).toEqual([]);

  await page.evaluate("document.querySelector('freshet-player').remove()");
  await until('its session is closed', async () => (await fetch(session)).status === 404);
  expect(viewer.errors).toEqual([]);
  await viewer.leave();
});

test('Broadcaster and Viewer serve a page that has its own looks', async () => {
  const { slug: channel, key } = await api.createChannel('own-looks');
  const visitor = await newVisitor(browser);
  const page = await openForeign(visitor, '<video autoplay playsinline></video>');
  await page.evaluate(`(async () => {
    const { Broadcaster, Viewer } = await import('${server.url}/freshet-player.js');
    const media = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    globalThis.broadcaster = new Broadcaster({ streamKey: '${key}' });
    broadcaster.startStream(media);
    globalThis.viewer = new Viewer({ channel: '${channel}', muted: true });
    viewer.attach(document.querySelector('video'));
    viewer.startWatching();
  })()`);
  const state = (of: string) => page.evaluate<string>(of);
  await until('it is live', async () => (await state('broadcaster.state')) === 'live');
  await until('it is watched', async () => (await state('viewer.snapshot.state')) === 'live');
  await framesGrow(page);

  await page.evaluate('viewer.toggleMute(); viewer.setVolume(0.5);');
  expect(await page.evaluate("document.querySelector('video').volume")).toBe(0.5);
  expect(await page.evaluate("document.querySelector('video').muted")).toBe(false);
  await page.evaluate('broadcaster.stopStream()');
  await until('it is over', async () => (await state('viewer.snapshot.state')) === 'offline');
  await page.evaluate('viewer.stopWatching()');
  expect(await state('broadcaster.state')).toBe('idle');
  await visitor.leave();
});

test('the link of a channel is shared as a link, a QR code and a player, and found by oEmbed', async () => {
  const viewer = await newVisitor(browser);
  const asked: string[] = [];
  viewer.context.on('request', (request) => asked.push(request.url()));
  const page = await viewer.open(`${server.url}/${slug}`);
  await page.waitForSelector('[data-state=live]');
  expect(await seriousFaults(page)).toEqual([]);

  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog', { name: /^Share/ });
  await dialog.getByRole('img', { name: `QR code of ${server.url}/${slug}` }).waitFor();
  await keepPicture(page, 'embed-3-share');
  expect(await seriousFaults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Copy Player for another site' }).click();
  await until('the code is copied', async () =>
    (await page.evaluate<string>('navigator.clipboard.readText()')).includes(
      `<iframe src="${server.url}/embed/${slug}"`,
    ),
  );

  const discovery = await page.locator('link[type="application/json+oembed"]').getAttribute('href');
  const found = (await (await fetch(discovery ?? '')).json()) as { html: string };
  expect(found.html).toContain(`${server.url}/embed/${slug}`);
  expect(asked.filter((url) => !url.startsWith(server.url))).toEqual([]);
  await viewer.leave();
});
