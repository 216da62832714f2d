import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { Server } from '../support/server.ts';

/** Nothing to break a line at, and a slug as long as they get. */
const LONG = { slug: `a${'b'.repeat(38)}c`, title: 'W'.repeat(120), description: 'm'.repeat(400) };
const REFRESH_MS = 15_000;

let server: Server;
let browser: Browser;
let visitor: Visitor;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  const api = await Api.setUp(server);
  await api.createChannel('brook');
  await api.post('/channels', LONG);
  visitor = await newVisitor(browser);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('who is nobody is not asked again and again who he is', async () => {
  const page = await visitor.context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.clock.install();
  await page.goto(server.url, { waitUntil: 'networkidle' });
  const refreshed = page.waitForRequest('**/api/v1/channels*');
  await page.clock.runFor(REFRESH_MS + 100);
  await refreshed;
  await page.waitForLoadState('networkidle');
  expect(asked).not.toContain('/api/v1/me');
  await page.close();
});

test('no page is wider than a small phone, whatever a channel is called', async () => {
  const page = await logIn(visitor, server.url);
  await page.setViewportSize({ width: 320, height: 640 });
  const paths = [
    '/',
    '/dashboard',
    '/studio',
    '/admin',
    ...['brook', LONG.slug].flatMap((slug) => [`/${slug}`, `/dashboard/${slug}`]),
  ];
  for (const path of paths) {
    await page.goto(server.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const excess = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(excess, path).toBe(0);
  }
  await page.close();
});

test('the studio opens on the channel it was opened from', async () => {
  const page = await visitor.open(`${server.url}/dashboard/brook`);
  await page.getByRole('link', { name: 'Studio' }).last().click();
  await page.waitForURL('**/studio*');
  expect(await page.getByLabel('Channel', { exact: true }).inputValue()).toBe('brook');
});

test('search engines are told what there is to find, and an unknown address is no channel', async () => {
  const robots = await (await fetch(`${server.url}/robots.txt`)).text();
  expect(robots).toContain(`Sitemap: ${server.url}/sitemap.xml`);
  expect(robots).toContain('Disallow: /dashboard');
  const map = await (await fetch(`${server.url}/sitemap.xml`)).text();
  expect([...map.matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, place]) => place)).toContain(`${server.url}/brook`);

  const page = await visitor.open(`${server.url}/wp-login.php`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await page.getByLabel('Have an invitation?').count()).toBe(0);
  await page.goto(`${server.url}/no-such-brook`);
  await page.getByLabel('Have an invitation?').waitFor();
});
