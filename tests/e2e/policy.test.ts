import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { Server } from '../support/server.ts';
import { sitePages } from '../support/site-pages.ts';
import { until } from '../support/until.ts';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  const api = await Api.setUp(server);
  await api.createChannel('brook');
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Notes what a page asks of other origins, and what its policy keeps it from. */
async function breachesOf(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  const at = () => new URL(page.url()).pathname;
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (/^(?:http|ws)/.test(protocol) && origin !== server.url) found.push(`${at()} asks ${request.url()}`);
  });
  await page.exposeFunction('violated', (what: string) => found.push(`${at()} violates ${what}`));
  await page.addInitScript(
    "addEventListener('securitypolicyviolation', (event) => violated([event.effectiveDirective, event.blockedURI, event.sample].join(' ')))",
  );
  return found;
}

test('no page asks anything of another origin, nor breaks its own policy', async () => {
  const paths = [...sitePages('brook'), '/api/docs', '/nothing/here', '/no-such-channel'];
  const visitor = await newVisitor(browser);
  const stranger = await visitor.context.newPage();
  const byStranger = await breachesOf(stranger);
  for (const path of paths) await stranger.goto(server.url + path, { waitUntil: 'networkidle' });
  const owner = await logIn(visitor, server.url);
  const byOwner = await breachesOf(owner);
  for (const path of paths) await owner.goto(server.url + path, { waitUntil: 'networkidle' });
  expect([...byStranger, ...byOwner]).toEqual([]);

  await owner.goto(`${server.url}/login`);
  await owner.evaluate(
    "{ const script = document.createElement('script'); script.text = 'alert()'; document.body.append(script); }",
  );
  await until('what the policy refuses is noticed', () => byOwner.length > 0);
  expect(byOwner[0]).toContain('/login violates script-src');
  await visitor.leave();
});

test('a page runs no script but its own', async () => {
  for (const path of ['/', '/brook', '/login', '/embed/brook']) {
    const policy = (await fetch(server.url + path)).headers.get('content-security-policy') ?? '';
    const directives = new Map(policy.split(/; */).map((one) => [one.split(' ')[0], one]));
    expect(directives.get('default-src'), path).toBe("default-src 'none'");
    expect(directives.get('script-src'), path).toMatch(/^script-src 'self' 'nonce-[^' ]+'$/);
    expect(directives.get('style-src'), path).toMatch(/^style-src 'self'(?: 'nonce-[^' ]+')?$/);
    expect(directives.get('base-uri'), path).toBe("base-uri 'none'");
  }
});
