import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriousFaults } from '../support/accessibility.ts';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: Server;
let browser: Browser;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;

beforeAll(async () => {
  [server, browser, bareSite] = await Promise.all([Server.start(), openBrowser(), openBareSite()]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

test('the owner sees what comes in and who watches, also of private channels, and ends a stream', async () => {
  const { slug, key } = await api.createChannel('brook');
  await api.patch(`/channels/${slug}`, { visibility: 'private' });
  const visitor = await newVisitor(browser);
  const page = await logIn(visitor, server.url);
  await page.goto(`${server.url}/admin`);
  await page.getByRole('link', { name: 'Live streams' }).click();
  await page.getByText('Nobody is live.').waitFor();

  const studio = await visitor.open(bareSite.url);
  await studio.waitForFunction('globalThis.client');
  await studio.evaluate(
    `client.publish(${JSON.stringify({ url: `${server.url}/whip`, key, video: 'VP8' })}).then(() => {})`,
  );
  const watch = await visitor.open(`${server.url}/${slug}`);

  const stream = page.getByTestId('stream');
  const picture = stream.getByRole('row', { name: /^Picture VP8/ });
  await picture.getByText(/^\d+×\d+$/).waitFor();
  await picture.getByText(/bit\/s$/).waitFor();
  await stream.getByRole('row', { name: /^Sound Opus/ }).waitFor();
  await stream.getByText('Viewers', { exact: true }).click();
  const session = await stream
    .getByRole('row', { name: /UDP, IPv4/ })
    .getByRole('rowheader')
    .innerText();
  expect(await seriousFaults(page)).toEqual([]);

  await stream.getByRole('button', { name: 'Disconnect' }).click();
  await stream.getByRole('rowheader', { name: session }).waitFor({ state: 'detached' });

  await stream.getByRole('button', { name: 'End the stream' }).click();
  await page.getByRole('button', { name: 'End it' }).click();
  await until('it is over', async () => !(await api.live(slug)).live);
  await page.getByText('Nobody is live.').waitFor();
  await watch.getByText('is offline').waitFor();
  await visitor.leave();
});

test('the owner sees how much is kept, and how much more there is room for', async () => {
  const visitor = await newVisitor(browser);
  const page = await logIn(visitor, server.url);
  await page.goto(`${server.url}/admin/storage`);
  const storage = page.getByTestId('storage');
  await storage.getByText('Recordings').waitFor();
  await storage.getByText(/ of .* are free/).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await visitor.leave();
});
