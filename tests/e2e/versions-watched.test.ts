import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SpritePicture, spritePictures } from '../../web/src/lib/player/sprite.ts';
import { Api } from '../support/api.ts';
import { type AnyPage, keepPicture, newVisitor, openBrowser, picture, pictureChange } from '../support/browser.ts';
import { Firefox, type FirefoxPage } from '../support/firefox.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { isSkipped, firefox as tool } from '../support/tools.ts';
import { until } from '../support/until.ts';

const PLAYER = '[data-testid=player]';
const VISIBLE_CHANGE = 0.3;
const MADE_MS = 120_000;
/** Several pictures of the sheet for seeking. */
const ENOUGH_MS = 9_000;
const LARGE = 480;
const SMALL = 240;
/** Whatever it is to become, encoded in time on a busy machine too. */
const RUNGS = [
  { height: LARGE, bitrateBps: 500_000 },
  { height: SMALL, bitrateBps: 150_000 },
];

interface Recording {
  readonly id: string;
  readonly state: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly posterUrl: string | null;
  /** WebVTT. */
  readonly spriteUrl: string | null;
  readonly renditions: { readonly status: string };
}

let server: Server;
let api: Api;
let browser: Browser;
let publisher: ObsClient;
let slug: string;

beforeAll(async () => {
  const [started, opened, media] = await Promise.all([
    Server.start({ env: { TRANSCODERS: '1' } }),
    openBrowser(),
    makeMedia({ width: 960, height: 540, fps: 15, seconds: 6 }),
  ]);
  [server, browser] = [started, opened];
  api = await Api.setUp(server);
  const channel = await api.createChannel('versions');
  slug = channel.slug;
  await api.patch(`/channels/${slug}`, { isAdaptive: true, isRecorded: true });
  publisher = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key: channel.key, media });
  await until('it is live', async () => (await api.live(slug)).state === 'live');
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const is = (page: AnyPage, condition: string) =>
  page.evaluate<boolean>(`((video) => ${condition})(document.querySelector('${PLAYER}'))`);

// All sizes have the very same shape, for which Chromium shows a picture one line taller.
const sees = (page: AnyPage, height: number) =>
  until(`${height} lines are seen`, () => is(page, `Math.abs(video.videoHeight - ${height}) < 2 && !video.paused`), {
    timeoutMs: 40_000,
  });

async function seesItPlay(page: AnyPage): Promise<void> {
  const first = await until('a first picture', () => picture(page, PLAYER), { timeoutMs: 60_000 });
  await until('the picture changes', async () => {
    const next = await picture(page, PLAYER);
    return next && pictureChange(first, next) > VISIBLE_CHANGE;
  });
}

async function choose(page: FirefoxPage, name: string): Promise<void> {
  await page.click('button[aria-label^=Quality]');
  const item = `[...document.querySelectorAll('[role=menuitemradio]')].find((one) => one.textContent.trim().startsWith('${name}'))`;
  await until(`${name} can be chosen`, () => page.evaluate<boolean>(`${item}?.click() ?? ${item} !== undefined`));
}

const newest = async () => (await api.get<{ items: readonly Recording[] }>(`/channels/${slug}/recordings`)).items[0];

/** With all that is made of it. The stream ends by this. */
async function makeVersions(): Promise<Recording> {
  await until(
    'there is enough of it',
    async () => Date.now() - Date.parse((await newest())?.startedAt ?? '') > ENOUGH_MS,
    {
      timeoutMs: 30_000,
    },
  );
  await publisher.stop();
  const { id } = await until('it is ready', async () => {
    const recording = await newest();
    return recording?.state === 'ready' && recording;
  });
  await api.post(`/recordings/${id}/renditions`, { rungs: RUNGS });
  return until(
    'all is made',
    async () => {
      const recording = await api.get<Recording>(`/recordings/${id}`);
      return recording.renditions.status === 'done' && recording.spriteUrl !== null && recording;
    },
    { timeoutMs: MADE_MS, everyMs: 500 },
  );
}

let made: Promise<Recording> | undefined;
function versions(): Promise<Recording> {
  made ??= makeVersions();
  return made;
}

describe.skipIf(isSkipped(tool))('Firefox', () => {
  let firefox: Firefox;

  beforeAll(async () => {
    firefox = await Firefox.start();
  });

  afterAll(async () => {
    await firefox?.close();
  });

  test('which decodes no H.264, plays such a stream by live DASH, in the size that is chosen', {
    timeout: 180_000,
  }, async () => {
    const page = await firefox.open(`${server.url}/${slug}`);
    await seesItPlay(page);
    await page.waitFor('[data-state=live]');
    await until('both sizes can be chosen', () =>
      page.evaluate<boolean>(
        `['${LARGE}p', '${SMALL}p'].every((name) => document.querySelector('[role=menu]')?.textContent.includes(name))`,
      ),
    );
    for (const height of [SMALL, LARGE, SMALL]) {
      await choose(page, `${height}p`);
      await sees(page, height);
      await seesItPlay(page);
    }
    expect(firefox.errors).toEqual([]);
    await page.close();
  });

  test('plays the versions of a recording, in the size that is chosen', { timeout: 240_000 }, async () => {
    const { id } = await versions();
    const page = await firefox.open(`${server.url}/${slug}/recordings/${id}`);
    // A click before the page is awake is lost.
    await until('it is started', () =>
      page.evaluate<boolean>(
        "document.querySelector('.player .veil button')?.click() ?? document.querySelector('[data-state=playing]') !== null",
      ),
    );
    await seesItPlay(page);
    for (const height of [SMALL, LARGE]) {
      await choose(page, `${height}p`);
      await sees(page, height);
    }
    await page.evaluate(`dispatchEvent(new KeyboardEvent('keydown', { key: '5', bubbles: true }))`);
    await seesItPlay(page);
    expect(firefox.errors).toEqual([]);
    await page.close();
  });
});

test('a recording shows its poster, and while one looks for a moment the picture of that moment', {
  timeout: 240_000,
}, async () => {
  const { id, posterUrl, spriteUrl, durationMs } = await versions();
  const sheet = server.url + spriteUrl;
  const pictures = spritePictures(await (await fetch(sheet)).text(), sheet);
  expect(pictures.length).toBeGreaterThan(3);
  const visitor = await newVisitor(browser);
  const page = await visitor.open(`${server.url}/${slug}/recordings/${id}`);
  await page.waitForLoadState('networkidle');
  expect(await page.locator('.player .poster img').getAttribute('src')).toBe(posterUrl);
  await until('the poster is seen', () =>
    page.evaluate<boolean>(`document.querySelector('.player .poster img').naturalWidth > 0`),
  );
  await keepPicture(page, 'versions-watched-1-poster');

  const seek = page.getByRole('slider', { name: 'Seek' });
  const preview = page.locator('.preview .picture');
  for (const moment of [0.1, 0.5, 0.9].map((share) => momentNear(pictures, share, durationMs / 1000))) {
    await seek.hover({ position: await placeAt(seek, moment.share) });
    await seesMoment(page, moment.picture);
  }
  await keepPicture(page, 'versions-watched-2-mouse');
  await page.mouse.move(5, 5);
  await preview.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await seesItPlay(page);
  await page.keyboard.press('k');
  await page.setViewportSize({ width: 360, height: 640 });
  const finger = await touch(page);
  const box = await seek.boundingBox();
  const at = (share: number) => ({
    x: (box?.x ?? 0) + share * (box?.width ?? 0),
    y: (box?.y ?? 0) + (box?.height ?? 0) / 2,
  });
  const last = momentNear(pictures, 0.8, durationMs / 1000);
  await finger('touchStart', at(0.3));
  for (const share of [0.4, 0.6, last.share]) await finger('touchMove', at(share));
  await seesMoment(page, last.picture);
  await keepPicture(page, 'versions-watched-3-touch');
  await finger('touchEnd');
  await preview.waitFor({ state: 'detached' });
  await until('it is where the finger was', () =>
    is(page, `Math.abs(video.currentTime - ${(last.share * durationMs) / 1000}) < 1`),
  );
  await seek.focus();
  await page.keyboard.press('Home');
  await until('it is at the start', () => is(page, 'video.currentTime < 0.5'));
  expect(visitor.errors).toEqual([]);
  await visitor.leave();
});

test('on a phone a version is played, and another one chosen, by tap', { timeout: 240_000 }, async () => {
  const { id } = await versions();
  const visitor = await newVisitor(browser, { hasPhone: true });
  const page = await visitor.open(`${server.url}/${slug}/recordings/${id}`);
  await page.waitForLoadState('networkidle');
  await page.getByRole('button', { name: 'Play', exact: true }).first().tap();
  await seesItPlay(page);
  const quality = page.getByRole('button', { name: /^Quality/ });
  await until('the controls are there', async () => {
    if (!(await quality.isVisible())) await page.touchscreen.tap(60, 90);
    return quality.isVisible();
  });
  await quality.tap();
  await page.getByRole('menuitemradio', { name: `${SMALL}p` }).tap();
  await sees(page, SMALL);
  expect(await quality.getAttribute('aria-label')).toBe(`Quality: ${SMALL}p`);
  await keepPicture(page, 'versions-watched-4-phone');
  expect(visitor.errors).toEqual([]);
  await visitor.leave();
});

/** The middle of the picture that is seen at a share of the time: hands and rounded pixels do not meet its edge. */
function momentNear(
  pictures: readonly SpritePicture[],
  share: number,
  durationS: number,
): { share: number; picture: SpritePicture | undefined } {
  const index = pictures.findLastIndex(({ fromS }) => fromS <= share * durationS);
  const picture = pictures[index];
  const untilS = pictures[index + 1]?.fromS ?? durationS;
  return { share: ((picture?.fromS ?? 0) + untilS) / 2 / durationS, picture };
}

async function placeAt(seek: Locator, share: number): Promise<{ x: number; y: number }> {
  const { width = 0, height = 0 } = (await seek.boundingBox()) ?? {};
  return { x: share * width, y: height / 2 };
}

interface Shown {
  readonly url: string;
  readonly place: string;
  readonly size: string;
  readonly sheetWidth: number;
}

/** The right part of a sheet that is there. */
async function seesMoment(page: Page, expected: SpritePicture | undefined): Promise<void> {
  const { url = '', x = 0, y = 0, width = 0, height = 0 } = expected ?? {};
  await page.locator('.preview .picture').waitFor();
  await until(`the picture at ${x}, ${y} is seen`, async () => {
    const shown = await page.evaluate<Shown>(`(async () => {
      const { backgroundImage, backgroundPosition, width, height } = getComputedStyle(document.querySelector('.preview .picture'));
      const image = new Image();
      image.src = backgroundImage.slice(5, -2);
      await image.decode();
      return { url: image.src, place: backgroundPosition, size: width + ' ' + height, sheetWidth: image.naturalWidth };
    })()`);
    const isPlaced = shown.place === `${x === 0 ? '0px' : `-${x}px`} ${y === 0 ? '0px' : `-${y}px`}`;
    const isWhole = shown.size === `${width}px ${height}px` && shown.sheetWidth >= x + width;
    return shown.url === url && isPlaced && isWhole;
  });
}

async function touch(page: Page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setTouchEmulationEnabled', { enabled: true });
  return (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: { x: number; y: number }) =>
    devtools.send('Input.dispatchTouchEvent', { type, touchPoints: at ? [at] : [] });
}
