import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriousFaults } from '../support/accessibility.ts';
import { afterTest } from '../support/after-test.ts';
import { Api } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser, picture, pictureChange } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { makeMedia } from '../support/media-file.ts';
import { recordStream } from '../support/recorded-stream.ts';
import { Server } from '../support/server.ts';
import { TranscoderProcess } from '../support/transcoder-process.ts';
import { until } from '../support/until.ts';

const PLAYER = '[data-testid=player]';
const VISIBLE_CHANGE = 0.3;
const ENCODED_MS = 90_000;

let server: Server;
let browser: Browser;
let slug: string;
let id: string;

beforeAll(async () => {
  const [started, opened, media] = await Promise.all([Server.start(), openBrowser(), makeMedia({ seconds: 3 })]);
  [server, browser] = [started, opened];
  const recorded = await recordStream('kept', { server, api: await Api.setUp(server), browser, media });
  [slug, id] = [recorded.slug, recorded.recording.id];
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('a recording becomes versions, which are followed, stopped, made, and played', { timeout: 240_000 }, async () => {
  const visitor = await newVisitor(browser);
  const page = await logIn(visitor, server.url);
  await page.goto(`${server.url}/dashboard/${slug}`, { waitUntil: 'networkidle' });
  const card = page.getByRole('region', { name: 'Recordings' });
  await card.getByRole('button', { name: 'Make versions' }).click();
  const dialog = page.getByRole('dialog', { name: 'Make versions for every link and browser' });
  await keepPicture(page, 'versions-made-1-sizes');
  await dialog.getByRole('button', { name: 'Make them' }).click();
  // Nobody is there to take it up yet.
  await card.getByText('waiting for their turn').waitFor();
  await card.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Stop it' }).click();
  await card.getByText('Only as it was sent.').waitFor();

  await page.goto(`${server.url}/admin/jobs`, { waitUntil: 'networkidle' });
  const job = page.getByRole('listitem').filter({ hasText: 'Versions of a recording' });
  await job.getByText('Cancelled').waitFor();
  await job.getByRole('button', { name: /^Try again/ }).click();
  await job.getByText('Waiting for its turn').waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await seriousFaults(page), colorScheme).toEqual([]);
  }

  const transcoder = await TranscoderProcess.start({ DATA_DIR: server.dataDir });
  afterTest(() => transcoder.stop());
  await job.getByText(/^Running$/).waitFor();
  await keepPicture(page, 'versions-made-2-jobs');
  await job.getByText('Done', { exact: true }).waitFor({ timeout: ENCODED_MS });

  await page.goto(`${server.url}/dashboard/${slug}`, { waitUntil: 'networkidle' });
  await card.getByText('Versions: 360p, 240p').waitFor();

  await page.goto(`${server.url}/${slug}/recordings/${id}`, { waitUntil: 'networkidle' });
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  const first = await until('a first picture', () => picture(page, PLAYER));
  await until('the picture changes', async () => {
    const next = await picture(page, PLAYER);
    return next && pictureChange(first, next) > VISIBLE_CHANGE;
  });
  await page.locator(PLAYER).hover();
  await page.getByRole('button', { name: /^Quality/ }).click();
  await page.getByRole('menuitemradio', { name: '240p' }).click();
  await until('the smaller one is seen', async () =>
    page.evaluate<boolean>(`document.querySelector('${PLAYER}').videoHeight === 240`),
  );
  await keepPicture(page, 'versions-made-3-played');
  expect(visitor.errors).toEqual([]);
  await visitor.leave();
});

test('a streamer is told why versions could not be made', async () => {
  const transcoder = await TranscoderProcess.start({ DATA_DIR: server.dataDir });
  afterTest(() => transcoder.stop());
  rmSync(join(server.dataDir, 'recordings', id, '0000.webm'));
  const visitor = await newVisitor(browser);
  const page = await logIn(visitor, server.url);
  await page.goto(`${server.url}/dashboard/${slug}`, { waitUntil: 'networkidle' });
  const card = page.getByRole('region', { name: 'Recordings' });
  await card.getByRole('button', { name: /^Make (versions|anew)$/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make them' }).click();
  await card.getByText('The versions could not be made').waitFor();
  await card.getByText('a file of the recording is missing').waitFor();
  await keepPicture(page, 'versions-made-4-failed');
  await visitor.leave();
});
