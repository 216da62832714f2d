import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { Api } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser } from '../support/browser.ts';
import { openHoldingProxy } from '../support/holding-proxy.ts';
import { logIn } from '../support/log-in.ts';
import { outsideAddress } from '../support/outside-address.ts';
import { runDoctor } from '../support/run-doctor.ts';
import { Server, type ServerOptions } from '../support/server.ts';
import { UdpShaper } from '../support/udp-shaper.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
});

async function startServer(context: TestContext, env: ServerOptions['env'] = {}): Promise<Server> {
  const server = await Server.start({ env });
  context.onTestFinished(async () => void (await server.stop()));
  await Api.setUp(server);
  return server;
}

/** The owner's page of health, with all that was tried. */
async function examine(
  context: TestContext,
  siteUrl: string,
  prepare: (page: Page) => Promise<unknown> = async () => {},
): Promise<Page> {
  const visitor = await newVisitor(browser);
  context.onTestFinished(() => visitor.leave());
  const page = await logIn(visitor, siteUrl);
  await prepare(page);
  await page.getByRole('link', { name: 'Admin' }).click();
  await page.getByRole('button', { name: 'Test again' }).and(page.locator(':enabled')).waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
  return page;
}

const finding = (page: Page, subject: string) => page.locator(`[data-subject="${subject}"]`);
const levelOf = (page: Page, subject: string) => finding(page, subject).getAttribute('data-level');
const wordsOf = (page: Page, subject: string) => finding(page, subject).innerText();

test('where all is well, every way of media is found open, and how far it is', async (context) => {
  const server = await startServer(context, { MEDIA_THREADS: '2', PUBLIC_URL: '' });
  const page = await examine(context, server.url);
  await keepPicture(page, 'health');
  for (const port of server.mediaPorts) {
    expect(await wordsOf(page, `UDP ${port}`)).toMatch(/gets through from here, .* ms there and back/);
    expect(await wordsOf(page, `TCP ${port}`)).toMatch(/gets through from here, .* ms there and back/);
  }
  const fine = ['TURN relay', 'Camera and microphone', 'Address of the site', 'Events', 'Long requests', 'Clock'];
  for (const subject of [...fine, 'Database', 'Media threads'])
    expect(await levelOf(page, subject), subject).toBe('ok');
});

test('where UDP is dropped, it says which port to open, and that TCP does', async (context) => {
  const server = await startServer(context);
  const link = await UdpShaper.open({ seed: 7, serverPort: server.mediaPort, up: { loss: 1 } });
  context.onTestFinished(() => link.close());
  const page = await examine(context, server.url, (page) =>
    page.route('**/api/v1/reachability', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      const response = await route.fetch();
      const { id, answer } = (await response.json()) as { id: string; answer: string };
      return route.fulfill({ response, json: { id, answer: link.inAnswer(answer) } });
    }),
  );
  const { mediaPort } = server;
  expect(await levelOf(page, `UDP ${mediaPort}`)).toBe('warning');
  expect(await wordsOf(page, `UDP ${mediaPort}`)).toContain(`Open UDP ${mediaPort} in the firewall`);
  expect(await levelOf(page, `TCP ${mediaPort}`)).toBe('ok');
});

test('where the announced address is wrong, it names that address', async (context) => {
  const server = await startServer(context, { ANNOUNCED_ADDRESS: '198.51.100.7' });
  const page = await examine(context, server.url);
  for (const subject of [`UDP ${server.mediaPort}`, `TCP ${server.mediaPort}`]) {
    expect(await levelOf(page, subject)).toBe('fault');
    expect(await wordsOf(page, subject)).toMatch(/was told to go to 198\.51\.100\.7\..*ANNOUNCED_ADDRESS/s);
  }
  expect(await page.getByTestId('verdict').innerText()).toMatch(/^2 faults to mend/);
});

test('on a page without https it says why there is no camera', async (context) => {
  const outside = outsideAddress();
  if (outside === undefined) return context.skip('this machine has no address but loopback');
  const server = await startServer(context, { HOST: '', ANNOUNCED_ADDRESS: '' });
  const page = await examine(context, server.url.replace('localhost', outside));
  expect(await levelOf(page, 'Camera and microphone')).toBe('warning');
  expect(await wordsOf(page, 'Camera and microphone')).toContain('Put a proxy with a certificate');
  expect(await levelOf(page, `UDP ${server.mediaPort}`)).toBe('ok');
});

test('behind a proxy that holds answers back and takes no long requests, it says which to mend', async (context) => {
  const server = await startServer(context);
  const proxy = await openHoldingProxy(server.url, { maxBodyBytes: 20_000 });
  context.onTestFinished(() => proxy.close());
  const page = await examine(context, proxy.url);
  expect(await levelOf(page, 'Events')).toBe('warning');
  expect(await wordsOf(page, 'Events')).toMatch(/They come late \([3-9]\.\d s\).*`?proxy_buffering off/s);
  expect(await wordsOf(page, 'Long requests')).toContain('refused with status 413');
  expect(await levelOf(page, `UDP ${server.mediaPort}`)).toBe('ok');
});

test('who is not logged in has to, first', async (context) => {
  const server = await startServer(context);
  const visitor = await newVisitor(browser);
  context.onTestFinished(() => visitor.leave());
  const page = await visitor.open(`${server.url}/admin`);
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/login?next=%2Fadmin');
});

test('npm run doctor asks the server on its machine, and finds it where it is in the way of another', async (context) => {
  const server = await startServer(context);
  const warned = server.log.filter(({ level }) => level === 'warn').map(({ msg }) => msg);
  expect(warned).toEqual([expect.stringContaining('only browsers on this machine can do that')]);
  const asked = await runDoctor({}, server.url);
  expect(asked.code, asked.said).toBe(0);
  expect(asked.said).toMatch(/ok +Database +It answers\./);
  expect(asked.said).toMatch(/warning +Addresses for media/);
  const other = await runDoctor({ PORT: '0', MEDIA_PORT: String(server.mediaPort), DATA_DIR: server.dataDir });
  expect(other.code, other.said).toBe(1);
  expect(other.said).toMatch(new RegExp(`FAULT +UDP ${server.mediaPort} `));
  expect(other.said).toMatch(/FAULT +Data folder +another Freshet is running/);
});
