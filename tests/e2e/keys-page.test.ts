import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('a streamer makes a key in the dashboard, thinks better of replacing it, replaces it, and revokes it', async () => {
  const visitor = await newVisitor(browser);
  const page = await visitor.open(server.setupUrl);
  await page.getByLabel('Your name').fill('Ann');
  await page.getByLabel('Password').fill('a long enough password');
  await page.getByLabel('Its address').fill('spring');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.waitForURL('**/studio');
  await page.goto(`${server.url}/dashboard/spring`);
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click();
  const prefix = () => page.locator('code', { hasText: /^fr_/ }).first().innerText();

  await page.getByPlaceholder(/Name, such as/).fill('OBS');
  await press('New key');
  await press('Done');
  const first = await prefix();

  await press(/^Rotate/);
  await press('Cancel');
  expect(await page.locator('dialog[open]').count()).toBe(0);
  expect(await prefix()).toBe(first);

  await press(/^Rotate/);
  await press('Replace it');
  await press('Done');
  await until('the new key is listed', async () => (await prefix()) !== first);

  await press(/^Revoke/);
  await press('Revoke it');
  await until('no key is left', async () => (await page.getByRole('button', { name: /^Revoke/ }).count()) === 0);
  expect(visitor.errors).toEqual([]);
  await visitor.leave();
});
