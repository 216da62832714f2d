import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

let server: Server;
let browser: Browser;
let api: Api;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('a streamer sees how his stream goes and went, takes its figures home, and deletes it', async () => {
  const { slug, key } = await api.createChannel('charts');
  const media = await makeMedia({ seconds: 2 });
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  await until('the stream is live', async () => (await api.live(slug)).state === 'live');
  const visitor = await newVisitor(browser);
  const watch = await visitor.open(`${server.url}/${slug}`);
  await seesMovingPicture(watch);

  const streamer = await newVisitor(browser);
  const page = await logIn(streamer, server.url);
  await page.goto(`${server.url}/dashboard/${slug}`);
  await page.getByRole('link', { name: 'Streams' }).click();
  await page.getByTestId('streams').getByRole('link').click();
  await page.getByRole('img', { name: 'Viewers over time, at most 1', exact: true }).locator('canvas').waitFor();
  await watch.close({ runBeforeUnload: true });
  await until('the page follows', async () => /closed the page/.test(await page.locator('main').innerText()));
  await keepPicture(page, 'stream-figures');

  expect(await obs.stop()).toBe(200);
  await page.getByRole('button', { name: 'Delete' }).waitFor();
  const file = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  expect((await file).suggestedFilename()).toMatch(/^charts-\d{4}-\d\d-\d\d\.csv$/);

  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await page.getByText('Nothing was streamed on this channel yet.').waitFor();
  expect([...visitor.errors, ...streamer.errors]).toEqual([]);
  await Promise.all([visitor.leave(), streamer.leave()]);
});
