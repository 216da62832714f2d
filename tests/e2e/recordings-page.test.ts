import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decoded } from '../recording/written-parts.ts';
import { Api } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: Server;
let api: Api;
let browser: Browser;
let media: EncodedMedia;

beforeAll(async () => {
  [server, browser, media] = await Promise.all([Server.start(), openBrowser(), makeMedia({ seconds: 2 })]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('a streamer has a stream recorded, fetches the file and deletes it', async () => {
  const { slug, key } = await api.createChannel('kept');
  const visitor = await newVisitor(browser);
  const page = await logIn(visitor, server.url);
  await page.goto(`${server.url}/dashboard/${slug}`, { waitUntil: 'networkidle' });
  await page.getByLabel(/Record my streams/).check();
  await page.getByRole('button', { name: 'Save' }).first().click();
  await page.getByText('The next stream will be the first.').waitFor();

  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  const bytes = async () =>
    (await api.get<{ items: { parts: { url: string }[] }[] }>(`/channels/${slug}/recordings`)).items[0]?.parts[0];
  await until('something is written', async () => {
    const part = await bytes();
    return part && (await (await fetch(server.url + part.url)).arrayBuffer()).byteLength > 300_000;
  });
  await obs.stop();
  const link = page.getByRole('link', { name: 'Download' });
  await until('it can be fetched', async () => {
    await page.reload({ waitUntil: 'networkidle' });
    return link.isVisible();
  });
  await keepPicture(page, 'dashboard-recordings');
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const file = Buffer.concat(await (await download.createReadStream()).toArray());
  expect((await decoded(file)).words).toBe('');

  await page.getByRole('button', { name: /^Delete Channel/ }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await page.getByText('The next stream will be the first.').waitFor();
  expect(visitor.errors).toEqual([]);
  await visitor.leave();
});
