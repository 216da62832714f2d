import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser, picture, pictureChange } from '../support/browser.ts';
import { DashOrigin } from '../support/dash-origin.ts';
import { query, TestPostgres, urlOf } from '../support/database.ts';
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
let postgres: TestPostgres;
let server: Server;
let browser: Browser;
let slug: string;
let id: string;

beforeAll(async () => {
  postgres = await TestPostgres.start();
  const database = await postgres.newDatabase();
  const [started, opened, media] = await Promise.all([
    Server.start({ dataDir, env: { DATABASE_URL: urlOf(database) } }),
    openBrowser(),
    makeMedia({ seconds: 3 }),
  ]);
  [server, browser] = [started, opened];
  const api = await Api.setUp(server);
  const recorded = await recordStream('kept', { server, api, browser, media });
  [slug, id] = [recorded.slug, recorded.recording.id];
  const made = await DashOrigin.recorded(SECONDS);
  cpSync(made.folder, join(dataDir, 'recordings', id, 'dash', 'made-1'), { recursive: true });
  await made.close();
  // As a transcoder leaves it that takes longer than a test may.
  await query(database, `UPDATE recordings SET renditions_at = now(), renditions_run = 'made-1' WHERE id = '${id}'`);
  await query(
    database,
    `UPDATE recording_parts SET duration_ms = ${SECONDS * 1000} WHERE recording_id = '${id}' AND number = 0`,
  );
  await query(database, `DELETE FROM recording_parts WHERE recording_id = '${id}' AND number > 0`);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await postgres?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

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
  const page = await visitor.open(`${server.url}/${slug}/recordings/${id}`);
  // A click before the page is awake is lost.
  await page.waitForLoadState('networkidle');
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
