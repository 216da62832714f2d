import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriousFaults } from '../support/accessibility.ts';
import { afterTest } from '../support/after-test.ts';
import { Api } from '../support/api.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  await (await Api.setUp(server)).createChannel('brook');
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

interface Manifest {
  readonly name: string;
  readonly start_url: string;
  readonly display: string;
  readonly icons: readonly {
    readonly src: string;
    readonly sizes: string;
    readonly type: string;
    readonly purpose: string;
  }[];
}

/** What browsers install is served through a worker: the page is loaded until it is. */
async function openControlled(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  await page.reload();
  expect(await page.evaluate('navigator.serviceWorker.controller !== null')).toBe(true);
}

/** The width that stands in the header of a PNG. */
const pngWidth = (png: Buffer) => png.readUInt32BE(16);

test('a browser finds all that it takes to install the site', async () => {
  const visitor = await newVisitor(browser);
  const page = await visitor.open(server.url);
  const session = await visitor.context.newCDPSession(page);
  const { errors, data = '{}' } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data) as Manifest;
  expect(manifest).toMatchObject({ name: 'Freshet', start_url: '/', display: 'standalone' });
  expect(new Set(manifest.icons.map(({ purpose }) => purpose))).toEqual(new Set(['any', 'maskable']));
  for (const { src, sizes, type } of manifest.icons) {
    const icon = await fetch(server.url + src);
    expect(icon.headers.get('content-type')).toBe(type);
    if (type === 'image/png') expect(`${pngWidth(Buffer.from(await icon.arrayBuffer()))}`).toBe(sizes.split('x')[0]);
  }
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
  await visitor.leave();
});

test('without the server a page says so, and goes on when it is back', async () => {
  const visitor = await newVisitor(browser);
  const page = await visitor.context.newPage();
  await openControlled(page, `${server.url}/brook`);

  await visitor.context.setOffline(true);
  await page.reload();
  await page.getByRole('heading', { name: 'Out of reach' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/brook');
  expect(await seriousFaults(page)).toEqual([]);

  await visitor.context.setOffline(false);
  await page.getByRole('link', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'brook' }).first().waitFor();
  await visitor.leave();
});

test('only what is named after its content is kept: no page, no answer of the API', async () => {
  const visitor = await newVisitor(browser);
  const page = await visitor.context.newPage();
  await openControlled(page, server.url);
  await page.goto(`${server.url}/brook`, { waitUntil: 'networkidle' });
  const kept = await page.evaluate<readonly string[]>(
    'caches.keys().then((names) => Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).then((all) => all.flat())',
  );
  expect(kept.length).toBeGreaterThan(5);
  expect(kept.filter((path) => !path.startsWith('/_app/immutable/'))).toEqual([]);
  await visitor.leave();
});

test('after an update the next page is the new one, and what the old one kept is gone', async () => {
  let release = 'first';
  const site = createServer(async ({ url = '/', headers }, response) => {
    const answer = await fetch(server.url + url, { headers: { accept: headers.accept ?? '*/*' }, redirect: 'manual' });
    const body = Buffer.from(await answer.arrayBuffer());
    const type = answer.headers.get('content-type') ?? '';
    response.writeHead(answer.status, { 'content-type': type });
    response.end(
      url === '/service-worker.js' ? body.toString().replace(/version:`\d+`/, `version:\`${release}\``) : body,
    );
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  afterTest(() => site.closeAllConnections());
  afterTest(() => site.close());
  const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/login`;

  const visitor = await newVisitor(browser);
  const page = await visitor.context.newPage();
  const caches = () => page.evaluate<readonly string[]>('caches.keys()');
  await openControlled(page, url);
  await until('the first release keeps its assets', async () => (await caches()).includes('freshet-first'));

  release = 'second';
  await page.reload();
  await until('the old release is gone', async () => !(await caches()).includes('freshet-first'));
  await page.reload();
  await until('the second release keeps its assets', async () => (await caches()).join() === 'freshet-second');
  await visitor.leave();
});
