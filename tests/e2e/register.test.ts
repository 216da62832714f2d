import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriousFaults } from '../support/accessibility.ts';
import { Api } from '../support/api.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { Server } from '../support/server.ts';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start({ env: { REGISTRATION: 'open' } }), openBrowser()]);
  await (await Api.setUp(server)).createChannel('brook');
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('who has no account makes one on the way to where they were going', async () => {
  const visitor = await newVisitor(browser);
  const page = await visitor.open(`${server.url}/login?next=/brook`);
  await page.getByRole('link', { name: 'Make one' }).click();
  await page.waitForURL('**/register?next=/brook');
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByLabel('Your name').fill('owner');
  await page.getByLabel('Password').fill('a long password');
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByText('There is an account of this name already.').first().waitFor();
  await page.getByLabel('Your name').fill('Ann');
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.waitForURL('**/brook');
  await page.getByRole('button', { name: 'Log out Ann' }).waitFor();
  await visitor.leave();
});
