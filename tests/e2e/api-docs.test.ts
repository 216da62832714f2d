import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpServer, serveHttp } from '../../src/http/server.ts';
import { newVisitor, openBrowser, outputDir, type Visitor } from '../support/browser.ts';
import { FakeApp } from '../support/fake-app.ts';

let server: HttpServer;
let browser: Browser;
let visitor: Visitor;
let url: string;

beforeAll(async () => {
  server = await serveHttp({ app: new FakeApp().app, host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${server.port}/api/docs`;
  browser = await openBrowser();
  visitor = await newVisitor(browser);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

test.each([
  { name: 'light', colorScheme: 'light', width: 1280 },
  { name: 'dark', colorScheme: 'dark', width: 1280 },
  { name: 'phone', colorScheme: 'dark', width: 360 },
] as const)('the API’s page is read without any network: $name', async ({ name, colorScheme, width }) => {
  const page = await visitor.context.newPage();
  const asked: string[] = [];
  await page.route('**/*', (route) => {
    asked.push(route.request().url());
    return route.request().url() === url ? route.continue() : route.abort();
  });
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 800 });
  await page.goto(url);
  expect(asked).toEqual([url]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  const shade = await page.evaluate('getComputedStyle(document.querySelector("pre")).backgroundColor');
  expect(shade).toBe(colorScheme === 'dark' ? 'rgb(16, 36, 42)' : 'rgb(238, 244, 242)');
  await page.screenshot({ path: `${outputDir}/api-docs-${name}.png` });
  await page.getByRole('navigation').getByRole('link', { name: 'POST /api/v1/channels', exact: true }).click();
  await page.getByRole('heading', { name: 'POST /api/v1/channels', exact: true }).waitFor();
  expect(await page.evaluate('window.scrollY')).toBeGreaterThan(500);
  await page.close();
  expect(visitor.errors).toEqual([]);
});
