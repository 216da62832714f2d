import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriousFaults } from '../support/accessibility.ts';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { keepPicture, newVisitor, openBrowser, received, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesMovingPicture, tapForSound } from '../support/watching.ts';

const PLAYER = '[data-testid=player]';
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
// By a mark of its own: to the browser every look of a test into the page is a touch.
const BEFORE_A_TOUCH = `
  let isTouched = false;
  addEventListener('pointerdown', () => { isTouched = true; }, { capture: true });
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    const isForbidden = !this.muted && !isTouched;
    return isForbidden ? Promise.reject(new DOMException('touch first', 'NotAllowedError')) : play.call(this);
  };
`;

let server: Server;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let streamer: Visitor;
let slug: string;

beforeAll(async () => {
  [server, bareSite, browser] = await Promise.all([Server.start(), openBareSite(), openBrowser()]);
  const api = await Api.setUp(server);
  const channel = await api.createChannel('brook');
  slug = channel.slug;
  streamer = await newVisitor(browser);
  const publish = { url: `${server.url}/whip`, key: channel.key, video: 'VP8' };
  await openStream(publish);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

/** Not by `openBareClient`, whose pages end with the test that opened them. */
async function openStream(publish: object): Promise<void> {
  const page = await streamer.context.newPage();
  await page.goto(bareSite.url);
  await page.waitForFunction('globalThis.client');
  await page.evaluate(`client.publish(${JSON.stringify(publish)}).then((stop) => { globalThis.stop = stop; })`);
}

async function watch(visitor: Visitor): Promise<Page> {
  const page = await visitor.open(`${server.url}/${slug}`);
  await page.waitForSelector('[data-state=live]');
  await seesMovingPicture(page, PLAYER);
  return page;
}

const isMuted = (page: Page) => page.evaluate<boolean>(`document.querySelector('${PLAYER}').muted`);
const volume = (page: Page) => page.evaluate<number>(`document.querySelector('${PLAYER}').volume`);

test('where the browser holds the sound back, the player says why, and one tap brings it', async () => {
  const viewer = await newVisitor(browser);
  await viewer.context.addInitScript(BEFORE_A_TOUCH);
  const page = await watch(viewer);
  const prompt = page.getByRole('button', { name: 'Tap for sound' });
  await prompt.waitFor();
  expect(await prompt.innerText()).toContain('Your browser starts videos without it');
  await keepPicture(page, 'player-1-sound');
  await prompt.click();
  await hearsSound(page);
  await prompt.waitFor({ state: 'hidden' });
  await viewer.leave();
});

test('every control has its key, and what was chosen is kept for the next visit', async () => {
  const viewer = await newVisitor(browser);
  const page = await watch(viewer);
  await tapForSound(page);
  await page.locator(PLAYER).hover();

  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await sheet.waitFor();
  await keepPicture(page, 'player-2-shortcuts');
  await page.keyboard.press('m');
  expect(await isMuted(page)).toBe(false);
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'hidden' });

  await page.keyboard.press('m');
  await until('it is mute', () => isMuted(page));
  await page.keyboard.press('m');
  await until('it is not', async () => !(await isMuted(page)));

  await page.getByRole('button', { name: /^Mute/ }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await until('it is less loud', async () => Math.abs((await volume(page)) - 0.9) < 0.01);
  await page.getByText('Volume 90 %').waitFor();

  await page.keyboard.press('k');
  await page.getByRole('button', { name: 'Watch live' }).waitFor();
  await page.keyboard.press('k');
  await page.getByRole('button', { name: 'Watch live' }).waitFor({ state: 'hidden' });
  await seesMovingPicture(page, PLAYER);

  await page.keyboard.press('f');
  await until('it is full screen', () => page.evaluate<boolean>('document.fullscreenElement !== null'));
  await page.keyboard.press('f');
  await until('it is not', () => page.evaluate<boolean>('document.fullscreenElement === null'));

  await page.keyboard.press('t');
  await page.getByRole('button', { name: 'Theatre mode', pressed: true }).waitFor();
  await until('a latency is shown', async () => /\d m?s/.test(await page.getByTestId('latency').innerText()));
  await keepPicture(page, 'player-3-theatre');

  await page.keyboard.press('m');
  await page.reload();
  await page.waitForSelector('[data-state=live]');
  await page.getByRole('button', { name: 'Theatre mode', pressed: true }).waitFor();
  expect(await isMuted(page)).toBe(true);
  expect(await volume(page)).toBeCloseTo(0.9);
  expect(await page.getByRole('button', { name: 'Tap for sound' }).count()).toBe(0);
  expect(viewer.errors).toEqual([]);
  await viewer.leave();
});

test('controls go after a while, and come back by mouse, focus and touch', async () => {
  const viewer = await newVisitor(browser);
  const page = await watch(viewer);
  const opacity = () =>
    page.evaluate<string>("getComputedStyle(document.querySelector('[data-testid=latency]').closest('.bar')).opacity");
  const isAway = () => until('the controls are away', async () => (await opacity()) === '0');
  const isThere = () => until('the controls are there', async () => (await opacity()) === '1');
  await page.mouse.move(5, 5);
  await isAway();
  await page.locator(PLAYER).hover();
  await isThere();
  await page.mouse.move(5, 5);
  await isAway();
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: /^Pause/ }).focus();
  await isThere();
  await viewer.leave();
});

test('audio only asks for nothing but sound, and is kept', async () => {
  const viewer = await newVisitor(browser);
  const page = await watch(viewer);
  await tapForSound(page);
  await page.locator(PLAYER).hover();
  await page.getByRole('button', { name: /^Quality/ }).click();
  await page.getByRole('menuitemradio', { name: 'Audio only' }).click();
  await page.getByText('Audio only. The quality menu brings the picture back.').waitFor();
  await hearsSound(page);
  expect((await received(page)).framesDecoded).toBe(0);
  await keepPicture(page, 'player-4-audio-only');

  await page.reload();
  await page.getByText('Audio only. The quality menu brings the picture back.').waitFor();
  await tapForSound(page);
  await hearsSound(page);
  await page.locator('[data-state=live]').hover();
  await page.getByRole('button', { name: 'Quality: Audio only' }).click();
  await page.getByRole('menuitemradio', { name: 'Auto' }).click();
  await seesMovingPicture(page, PLAYER);
  expect(viewer.errors).toEqual([]);
  await viewer.leave();
});

test('a viewer who jumps to live gets a session anew and goes on', async () => {
  const viewer = await newVisitor(browser);
  const page = await watch(viewer);
  const before = await page.evaluate<number>('probe.peers()');
  await page.keyboard.press('l');
  await until('there is another connection', async () => (await page.evaluate<number>('probe.peers()')) > before);
  await page.waitForSelector('[data-state=live]');
  await seesMovingPicture(page, PLAYER);
  await viewer.leave();
});

test('the controls stand in one row within the window, from a small phone on, upright or on its side', async () => {
  const viewer = await newVisitor(browser);
  const page = await watch(viewer);
  for (const [width, height] of [
    [320, 640],
    [360, 640],
    [640, 360],
    [720, 450],
    [768, 1024],
    [844, 390],
    [1024, 600],
    [1440, 900],
    [3840, 2160],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.locator(PLAYER).hover({ position: { x: 40, y: 20 } });
    const row = page.getByRole('button', { name: /^Pause|^Live|^Quality|Full screen/ });
    const boxes = await Promise.all((await row.all()).map((button) => button.boundingBox()));
    expect(boxes).toHaveLength(4);
    expect(new Set(boxes.map((box) => box?.y)).size, `${width}x${height} has one row`).toBe(1);
    const [right, bottom] = [
      Math.max(...boxes.map((box) => (box?.x ?? 0) + (box?.width ?? 0))),
      Math.max(...boxes.map((box) => (box?.y ?? 0) + (box?.height ?? 0))),
    ];
    expect(right, `${width}x${height} is wide enough`).toBeLessThanOrEqual(width);
    expect(bottom, `${width}x${height} is high enough`).toBeLessThanOrEqual(height);
  }
  await viewer.leave();
});

test('the page is well on a phone and in either theme, and asks nobody but the server for anything', async () => {
  const viewer = await newVisitor(browser);
  const asked: string[] = [];
  viewer.context.on('request', (request) => asked.push(request.url()));
  const page = await watch(viewer);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [name, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
      await page.setViewportSize(viewport);
      await page.locator(PLAYER).hover();
      await page.getByRole('button', { name: /^Quality/ }).waitFor();
      expect(await seriousFaults(page), `${name}, ${colorScheme}`).toEqual([]);
      await keepPicture(page, `player-5-${name}-${colorScheme}`);
    }
  }
  expect(asked.filter((url) => !url.startsWith(server.url))).toEqual([]);
  await viewer.leave();
});
