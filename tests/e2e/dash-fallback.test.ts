import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seriousFaults } from '../support/accessibility.ts';
import { Api } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser, picture, pictureChange, type Visitor } from '../support/browser.ts';
import { DashOrigin } from '../support/dash-origin.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

const PLAYER = '[data-testid=player]';
const VISIBLE_CHANGE = 0.3;
/** All but what tells the server of viewers. */
const LIVE_MEDIA = /\/media\/live\/(?!\w+\/viewings)/;
const SHAKA_BYTES = 300_000;

const STILL_MS = 2000;
// How long the picture has stood still at most, without a word over it that says why.
const WATCH_STILLNESS = `
  clearInterval(globalThis.stillnessTimer);
  globalThis.longestStillMs = 0;
  let seen = [];
  let movedMs = performance.now();
  globalThis.stillnessTimer = setInterval(() => {
    const now = probe.picture('${PLAYER}') ?? [];
    const change = now.reduce((sum, value, index) => sum + Math.abs(value - (seen[index] ?? 0)), 0) / (now.length || 1);
    const isExplained = document.querySelector('.player .notice, .player .note p') !== null;
    if (change > ${VISIBLE_CHANGE} || isExplained) movedMs = performance.now();
    if (change > ${VISIBLE_CHANGE}) seen = now;
    longestStillMs = Math.max(longestStillMs, performance.now() - movedMs);
  }, 100);
`;

// A network that lets neither UDP nor TCP through to the media port: only relays may be used, and there are none.
const BLOCKED = `
  globalThis.isBlocked = true;
  const Real = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Real {
    constructor(configuration) {
      super({ ...configuration, iceTransportPolicy: globalThis.isBlocked ? 'relay' : 'all' });
    }
  };
`;

let server: Server;
let browser: Browser;
let origin: DashOrigin;
let slug: string;
let viewers: () => Promise<number | undefined>;
let publish: () => Promise<ObsClient>;

beforeAll(async () => {
  const [started, opened, media] = await Promise.all([Server.start(), openBrowser(), makeMedia({ seconds: 3 })]);
  [server, browser] = [started, opened];
  const api = await Api.setUp(server);
  const channel = await api.createChannel('brook');
  slug = channel.slug;
  await api.patch(`/channels/${slug}`, { isAdaptive: true });
  viewers = async () => (await api.live(slug)).stream?.viewers;
  publish = () => ObsClient.publish({ whipUrl: `${server.url}/whip`, key: channel.key, media });
  origin = DashOrigin.live();
});

beforeEach(async () => {
  await publish();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await origin?.close();
});

const loaded = (page: Page) =>
  page.evaluate<number>(`performance.getEntriesByType('resource')
  .filter(({ name, decodedBodySize }) => name.endsWith('.js') && decodedBodySize > ${SHAKA_BYTES}).length`);
const hasStream = (page: Page) => page.evaluate<boolean>(`document.querySelector('${PLAYER}').srcObject !== null`);

async function seesItPlay(page: Page): Promise<void> {
  const first = await until('a first picture', () => picture(page, PLAYER));
  await until('the picture changes', async () => {
    const next = await picture(page, PLAYER);
    return next && pictureChange(first, next) > VISIBLE_CHANGE;
  });
}

const playerIs = (page: Page, condition: string) =>
  page.evaluate<boolean>(`((video) => video.${condition})(document.querySelector('${PLAYER}'))`);
const playedS = (page: Page) => page.evaluate<number>(`document.querySelector('${PLAYER}').currentTime`);
/** ffmpeg numbers the pictures' streams first. */
const pictureRequests = (page: Page) =>
  page.evaluate<number>(
    `performance.getEntriesByType('resource').filter(({ name }) => /stream[01]-/.test(name)).length`,
  );

async function goesOn(page: Page): Promise<void> {
  const fromS = await playedS(page);
  await until('it goes on for three seconds', async () => (await playedS(page)) > fromS + 3);
}

async function choose(page: Page, name: string): Promise<void> {
  await page.locator(PLAYER).hover({ position: { x: 40, y: 40 }, force: true });
  await page.getByRole('button', { name: /^Quality/ }).click();
  await keepPicture(page, 'dash-2-quality');
  await page.getByRole('menuitemradio', { name }).click();
}

async function visit(blocked: boolean): Promise<{ visitor: Visitor; page: Page }> {
  const visitor = await newVisitor(browser);
  if (blocked) await visitor.context.addInitScript(BLOCKED);
  await origin.serve(visitor.context, LIVE_MEDIA);
  return { visitor, page: await visitor.open(`${server.url}/${slug}`) };
}

test('where WebRTC does not get through DASH plays, says so, and gives way once WebRTC does', async () => {
  const { visitor, page } = await visit(true);
  await page.getByText('Your network lets only the slower way through').waitFor({ timeout: 40_000 });
  await page.waitForSelector('[data-state=live]');
  await seesItPlay(page);
  await until('he is counted', async () => (await viewers()) === 1);
  await page.locator(PLAYER).hover();
  await keepPicture(page, 'dash-1-blocked');
  expect(await seriousFaults(page)).toEqual([]);

  await choose(page, '90p');
  await until('the smaller one is seen', () => playerIs(page, 'videoHeight === 90'));

  await page.keyboard.press('s');
  const stats = page.getByTestId('stats');
  await stats.getByText('DASH over HTTP').waitFor();
  expect(await stats.innerText()).toMatch(
    /Picture\s+160×90[\s\S]*Link\s+\d[\s\S]*Behind the server\s+\d[\s\S]*Buffered\s+\d/,
  );
  await keepPicture(page, 'dash-4-stats');
  expect(await seriousFaults(page)).toEqual([]);
  await page.keyboard.press('s');

  await choose(page, 'Audio only');
  await page.getByText('The quality menu brings the picture back').waitFor();
  await until('there is no picture', () => playerIs(page, 'videoHeight === 0 && !video.paused'));
  await goesOn(page);
  const fetched = await pictureRequests(page);
  await goesOn(page);
  expect(await pictureRequests(page)).toBe(fetched);
  await keepPicture(page, 'dash-5-sound');
  await choose(page, '180p');
  await until('the picture is back', () => playerIs(page, 'videoHeight === 180'));
  await seesItPlay(page);

  await page.evaluate('globalThis.isBlocked = false');
  await page.getByRole('button', { name: 'Try the faster way again' }).click();
  await until('WebRTC is seen', () => hasStream(page));
  await seesMovingPicture(page, PLAYER);
  await page.getByText('Your network lets only the slower way through').waitFor({ state: 'detached' });
  await until('he is counted once', async () => (await viewers()) === 1);
  expect(visitor.errors.filter((error) => !error.includes('503'))).toEqual([]);
  await visitor.leave();
});

test('who rewinds sees what was, by DASH, and jumps back to what is', async () => {
  const { visitor, page } = await visit(false);
  await page.waitForSelector('[data-state=live]');
  await seesMovingPicture(page, PLAYER);
  expect(await loaded(page)).toBe(0);
  const before = origin.asked;
  await page.evaluate(WATCH_STILLNESS);
  await page.keyboard.press('j');
  const seek = page.getByRole('slider', { name: 'Seek' });
  await seek.waitFor();
  expect(origin.asked).toBeGreaterThan(before);
  expect(await loaded(page)).toBe(1);
  await until('it is back in time', async () =>
    /^−0:(0[5-9]|1)/.test((await seek.getAttribute('aria-valuetext')) ?? ''),
  );
  await seesItPlay(page);
  await page.locator(PLAYER).hover();
  await keepPicture(page, 'dash-3-rewound');
  expect(await hasStream(page)).toBe(false);
  await seek.focus();
  await page.keyboard.press('Home');
  await page.getByText('This is as far back as it goes').waitFor();
  await seesItPlay(page);
  await keepPicture(page, 'dash-3-earliest');
  expect(await page.evaluate<number>('longestStillMs')).toBeLessThan(STILL_MS);
  await page.keyboard.press('k');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await page.keyboard.press('k');
  await page.evaluate(WATCH_STILLNESS);
  await page.getByRole('button', { name: /^Jump to live/ }).click();
  await until('WebRTC is seen', () => hasStream(page));
  await seesMovingPicture(page, PLAYER);
  await seek.waitFor({ state: 'detached' });
  expect(await page.evaluate<number>('longestStillMs')).toBeLessThan(STILL_MS);
  expect(visitor.errors.filter((error) => !error.includes('503'))).toEqual([]);
  await visitor.leave();
});

test('the embedded player has the slower way too, and loads nothing of it before', async () => {
  const visitor = await newVisitor(browser);
  await visitor.context.addInitScript(BLOCKED);
  await origin.serve(visitor.context, LIVE_MEDIA);
  const page = await visitor.open(`${server.url}/embed/${slug}`);
  await page.setViewportSize({ width: 320, height: 180 });
  expect(await loaded(page)).toBe(0);
  await page.getByText('Your network lets only the slower way through').waitFor({ timeout: 40_000 });
  await seesItPlay(page);
  await keepPicture(page, 'dash-6-embedded');
  expect(await seriousFaults(page)).toEqual([]);
  await until('he is counted', async () => ((await viewers()) ?? 0) > 0);
  await page.goto('about:blank');
  // Browsers of the tests before may be missed only by now.
  await until('nobody is', async () => (await viewers()) === 0, { timeoutMs: 40_000 });
  await visitor.leave();
});
