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
const LIVE_MEDIA = /\/media\/live\//;
const SHAKA_BYTES = 300_000;

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
let publish: () => Promise<ObsClient>;

beforeAll(async () => {
  const [started, opened, media] = await Promise.all([Server.start(), openBrowser(), makeMedia({ seconds: 3 })]);
  [server, browser] = [started, opened];
  const api = await Api.setUp(server);
  const channel = await api.createChannel('brook');
  slug = channel.slug;
  await api.patch(`/channels/${slug}`, { isAdaptive: true });
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
  await page.locator(PLAYER).hover();
  await keepPicture(page, 'dash-1-blocked');
  expect(await seriousFaults(page)).toEqual([]);

  await page.getByRole('button', { name: /^Quality/ }).click();
  await keepPicture(page, 'dash-2-quality');
  await page.getByRole('menuitemradio', { name: '90p' }).click();
  await until('the smaller one is seen', () =>
    page.evaluate<boolean>(`document.querySelector('${PLAYER}').videoHeight === 90`),
  );

  await page.evaluate('globalThis.isBlocked = false');
  await page.getByRole('button', { name: 'Try the faster way again' }).click();
  await until('WebRTC is seen', () => hasStream(page));
  await seesMovingPicture(page, PLAYER);
  await page.getByText('Your network lets only the slower way through').waitFor({ state: 'detached' });
  expect(visitor.errors.filter((error) => !error.includes('503'))).toEqual([]);
  await visitor.leave();
});

test('who rewinds sees what was, by DASH, and jumps back to what is', async () => {
  const { visitor, page } = await visit(false);
  await page.waitForSelector('[data-state=live]');
  await seesMovingPicture(page, PLAYER);
  expect(await loaded(page)).toBe(0);
  const before = origin.asked;
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
  await page.keyboard.press('k');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await page.keyboard.press('k');
  await page.getByRole('button', { name: /^Jump to live/ }).click();
  await until('WebRTC is seen', () => hasStream(page));
  await seesMovingPicture(page, PLAYER);
  await seek.waitFor({ state: 'detached' });
  expect(visitor.errors.filter((error) => !error.includes('503'))).toEqual([]);
  await visitor.leave();
});
