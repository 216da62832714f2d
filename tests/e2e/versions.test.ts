import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser, picture, pictureChange } from '../support/browser.ts';
import { DashOrigin } from '../support/dash-origin.ts';
import { makeMedia } from '../support/media-file.ts';
import { recordStream } from '../support/recorded-stream.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const PLAYER = '[data-testid=player]';
const VISIBLE_CHANGE = 0.3;
const SECONDS = 100;
const LARGE = 180;
const SMALL = 90;

const dataDir = mkdtempSync(join(tmpdir(), 'freshet-versions-'));
let server: Server;
let browser: Browser;
let slug: string;
let id: string;

beforeAll(async () => {
  const [started, opened, media] = await Promise.all([
    Server.start({ dataDir }),
    openBrowser(),
    makeMedia({ seconds: 3 }),
  ]);
  [server, browser] = [started, opened];
  const api = await Api.setUp(server);
  const recorded = await recordStream('kept', { server, api, browser, media });
  [slug, id] = [recorded.slug, recorded.recording.id];
  const made = await DashOrigin.recorded(SECONDS);
  cpSync(made.folder, join(dataDir, 'recordings', id, 'dash'), { recursive: true });
  await made.close();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Renditions {
  readonly status: string;
  readonly jobId: string | null;
  readonly progress: number;
  readonly manifestUrl: string | null;
  readonly rungs: readonly { readonly height: number; readonly bitrateBps: number }[];
}

const NONE: Renditions = { status: 'none', jobId: null, progress: 0, manifestUrl: null, rungs: [] };

/** What the server says of recordings, with the renditions as `now` has them. */
async function tell(context: BrowserContext, now: () => Renditions, durationMs?: number): Promise<void> {
  const add = (recording: object) => ({ ...recording, renditions: now(), ...(durationMs && { durationMs }) });
  await context.route(/\/api\/v1\/(recordings\/[^/]+|channels\/[^/]+\/recordings.*)$/, async (route) => {
    if (route.request().method() !== 'GET') return route.fallback();
    const response = await route.fetch();
    const body = (await response.json()) as { items?: object[] };
    await route.fulfill({ response, json: body.items ? { ...body, items: body.items.map(add) } : add(body) });
  });
}

/** By a click: what renders on the server is not told anything else. */
async function openRecording(page: Page): Promise<void> {
  await page.goto(`${server.url}/${slug}`, { waitUntil: 'networkidle' });
  await page.locator(`a[href="/${slug}/recordings/${id}"]`).click();
  await page.waitForURL(`**/recordings/${id}`);
}

const height = (page: Page) => page.evaluate<number>(`document.querySelector('${PLAYER}').videoHeight`);

async function seesItPlay(page: Page): Promise<void> {
  const first = await until('a first picture', () => picture(page, PLAYER));
  await until('the picture changes', async () => {
    const next = await picture(page, PLAYER);
    return next && pictureChange(first, next) > VISIBLE_CHANGE;
  });
}

test('renditions are played in the size that was chosen, or the one that suits', async () => {
  const visitor = await newVisitor(browser);
  const manifestUrl = `/media/recordings/${id}/dash/manifest.mpd`;
  await tell(visitor.context, () => ({ ...NONE, status: 'done', progress: 1, manifestUrl }), SECONDS * 1000);
  const page = await visitor.context.newPage();
  await openRecording(page);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await seesItPlay(page);
  await until('the larger one is seen', async () => (await height(page)) === LARGE);
  await keepPicture(page, 'versions-1-large');

  await page.locator(PLAYER).hover();
  await page.getByRole('button', { name: /^Quality/ }).click();
  await page.getByRole('menuitemradio', { name: '90p' }).click();
  await until('the smaller one is seen', async () => (await height(page)) === SMALL);
  await page.getByRole('button', { name: 'Quality: 90p' }).click();
  await page.getByRole('menuitemradio', { name: '180p' }).click();
  await until('the larger one comes back', async () => (await height(page)) === LARGE);
  await page.getByRole('button', { name: 'Quality: 180p' }).click();
  await page.getByRole('menuitemradio', { name: 'Auto' }).click();
  await page.getByRole('button', { name: /^Quality: Auto/ }).waitFor();

  await page.keyboard.press('5');
  await until('it is in the middle', () =>
    page.evaluate<boolean>(`Math.abs(document.querySelector('${PLAYER}').currentTime - ${SECONDS / 2}) < 3`),
  );
  await seesItPlay(page);
  expect(visitor.errors).toEqual([]);
  await visitor.leave();
});
