import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seriousFaults } from '../support/accessibility.ts';
import { Api } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser, picture, pictureChange, type Visitor } from '../support/browser.ts';
import { Firefox } from '../support/firefox.ts';
import { makeMedia } from '../support/media-file.ts';
import { recordStream } from '../support/recorded-stream.ts';
import { Server } from '../support/server.ts';
import { isSkipped, firefox as tool } from '../support/tools.ts';
import { until } from '../support/until.ts';

const PLAYER = '[data-testid=player]';
const VISIBLE_CHANGE = 0.3;

let server: Server;
let browser: Browser;
let slug: string;
let recording: Awaited<ReturnType<typeof recordStream>>['recording'];

beforeAll(async () => {
  const [started, opened, media] = await Promise.all([Server.start(), openBrowser(), makeMedia({ seconds: 3 })]);
  [server, browser] = [started, opened];
  const api = await Api.setUp(server);
  ({ slug, recording } = await recordStream('kept', { server, api, browser, media }));
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const recordingUrl = () => `${server.url}/${slug}/recordings/${recording.id}`;
const shownTime = (page: Page) => page.getByTestId('time').innerText();
const isAt = (page: Page, time: RegExp) => until(`${time} is shown`, async () => time.test(await shownTime(page)));
const position = (page: Page) => page.evaluate<number>(`Number(document.querySelector('[data-seeks]').value)`);
const media = <T>(page: Page, field: string) => page.evaluate<T>(`document.querySelector('${PLAYER}').${field}`);

async function open(visitor: Visitor, query = ''): Promise<Page> {
  const page = await visitor.open(recordingUrl() + query);
  await page.waitForLoadState('networkidle');
  return page;
}

async function seesItPlay(page: Page): Promise<void> {
  const first = await until('a first picture', () => picture(page, PLAYER));
  await until('the picture changes', async () => {
    const next = await picture(page, PLAYER);
    return next && pictureChange(first, next) > VISIBLE_CHANGE;
  });
}

test('a recording in two files plays from the first to the end of the last as one', async () => {
  expect(recording.parts.map(({ videoCodec }) => videoCodec)).toEqual(['vp8', 'h264']);
  const visitor = await newVisitor(browser);
  const asked: string[] = [];
  visitor.context.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const page = await visitor.open(`${server.url}/${slug}`);
  await page.getByRole('heading', { name: 'Recordings' }).waitFor();
  await keepPicture(page, 'recorded-1-channel');
  await page
    .getByRole('link', { name: /Channel kept/ })
    .first()
    .click();
  await page.waitForURL(recordingUrl());
  await keepPicture(page, 'recorded-2-page');
  expect(asked.filter((path) => path.startsWith('/media/'))).toEqual([]);

  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await seesItPlay(page);
  expect(await media(page, 'muted')).toBe(false);
  await page.keyboard.press('9');
  await until('the second file is played', async () => (await media<string>(page, 'src')).endsWith('/parts/1'));
  await page.keyboard.press('0');
  await until('the first again', async () => (await media<string>(page, 'src')).endsWith('/parts/0'));
  await page.keyboard.press('>');
  await page.keyboard.press('>');
  await page.keyboard.press('>');
  await page.keyboard.press('>');
  await page.getByText('2×').first().waitFor();
  await until(
    'the second file follows by itself',
    async () => (await media<string>(page, 'src')).endsWith('/parts/1'),
    {
      timeoutMs: 30_000,
    },
  );
  expect(await media(page, 'playbackRate')).toBe(2);
  await page.waitForSelector('[data-state=ended]', { timeout: 30_000 });
  expect(await position(page)).toBeCloseTo(recording.durationMs / 1000, 0);
  await keepPicture(page, 'recorded-3-end');
  await page.getByRole('button', { name: 'Play again', exact: true }).click();
  await isAt(page, /^0:0[0-3]/);
  await page.waitForSelector('[data-state=playing]');
  expect(visitor.errors).toEqual([]);
  await visitor.leave();
});

test('it is moved within by key and by hand', async () => {
  const visitor = await newVisitor(browser);
  const page = await open(visitor);
  await page.keyboard.press('k');
  await page.waitForSelector('[data-state=playing]');
  await page.keyboard.press('k');
  await page.waitForSelector('[data-state=paused]');
  await page.keyboard.press('Digit0');
  await until('it is at the start', async () => (await position(page)) === 0);
  await page.keyboard.press('ArrowRight');
  await until('five seconds on', async () => (await position(page)) === 5);
  await page.keyboard.press('ArrowLeft');
  await until('five seconds back', async () => (await position(page)) === 0);
  const seek = page.getByRole('slider', { name: 'Seek' });
  const { width = 0, height = 0 } = (await seek.boundingBox()) ?? {};
  await seek.hover({ position: { x: width * 0.75, y: height / 2 } });
  await keepPicture(page, 'recorded-4-seek');
  await seek.click({ position: { x: width / 2, y: height / 2 } });
  await until('it is in the middle', async () => {
    return Math.abs((await position(page)) - recording.durationMs / 2000) < 0.5;
  });
  await seek.focus();
  await page.keyboard.press('ArrowLeft');
  await until('the arrows of the slider skip too', async () => {
    return Math.abs((await position(page)) - (recording.durationMs / 2000 - 5)) < 0.5;
  });
  expect(await seek.getAttribute('aria-valuetext')).toMatch(/^\d:\d\d of \d:\d\d$/);
  await page.locator(PLAYER).click();
  await page.waitForSelector('[data-state=playing]');
  expect(visitor.errors).toEqual([]);
  await visitor.leave();
});

test('speed, loudness and place are as they were left, and a link may say where to begin', async () => {
  const visitor = await newVisitor(browser);
  const first = await open(visitor, '?t=4');
  await first.getByRole('button', { name: 'Go on at 0:04' }).waitFor();
  await first.close();

  const page = await open(visitor);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.waitForSelector('[data-state=playing]');
  await page.getByRole('button', { name: 'Speed: 1×' }).click();
  await page.getByRole('menuitemradio', { name: '1.5×' }).click();
  await until('it plays faster', async () => (await media(page, 'playbackRate')) === 1.5);
  await page.keyboard.press('m');
  const middleS = recording.durationMs / 2000;
  await page.keyboard.press('5');
  await until('it is in the middle', async () => (await position(page)) >= middleS - 0.1);
  await page.keyboard.press('k');
  await page.waitForSelector('[data-state=paused]');
  await page.reload({ waitUntil: 'networkidle' });
  await page.getByRole('button', { name: /^Go on at 0:\d\d/ }).waitFor();
  expect(await position(page)).toBeGreaterThan(middleS - 1.5);
  await page.getByRole('button', { name: 'Unmute (m)' }).waitFor();

  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByLabel(/Start at/).check();
  expect(await page.getByRole('dialog').locator('code').innerText()).toMatch(/\?t=\d+$/);
  await visitor.leave();
});

test('the page is well on a phone and in either theme', async () => {
  const visitor = await newVisitor(browser);
  const page = await open(visitor);
  await page.keyboard.press('k');
  await page.waitForSelector('[data-state=playing]');
  await page.keyboard.press('k');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [name, viewport] of Object.entries({
      small: { width: 320, height: 640 },
      phone: { width: 390, height: 844 },
      desktop: { width: 1280, height: 800 },
    })) {
      await page.setViewportSize(viewport);
      expect(await seriousFaults(page), `${name}, ${colorScheme}`).toEqual([]);
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      expect(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
      await keepPicture(page, `recorded-5-${name}-${colorScheme}`);
    }
  }
  expect(visitor.errors).toEqual([]);
  await visitor.leave();
});

describe.skipIf(isSkipped(tool))('Firefox', () => {
  test('plays both files too', async () => {
    const firefox = await Firefox.start();
    try {
      const page = await firefox.open(recordingUrl());
      // A click before the page is awake is lost.
      await until('it is started', () =>
        page.evaluate<boolean>(
          "document.querySelector('.player .veil button')?.click() ?? document.querySelector('[data-state=playing]') !== null",
        ),
      );
      await until('it plays', () => page.evaluate<boolean>(`document.querySelector('${PLAYER}').currentTime > 1`));
      await page.evaluate(`dispatchEvent(new KeyboardEvent('keydown', { key: '9', bubbles: true }))`);
      await until('the second file plays', () =>
        page.evaluate<boolean>(
          `(({ src, currentTime, paused }) => src.endsWith('/parts/1') && currentTime > 0 && !paused)(document.querySelector('${PLAYER}'))`,
        ),
      );
      expect(firefox.errors).toEqual([]);
    } finally {
      await firefox.close();
    }
  });
});
