import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const account = { name: 'Ann', password: 'a long enough password' };

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
  await page.getByLabel('Your name').fill(account.name);
  await page.getByLabel('Password').fill(account.password);
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

test('a key is made for a day, is told of where OBS is set up, gets another name and no end, and one at the minute', async () => {
  const visitor = await newVisitor(browser);
  const page = await logIn(visitor, server.url, account);
  await page.goto(`${server.url}/dashboard/spring`, { waitUntil: 'networkidle' });
  const keys = page.locator('section', { has: page.getByRole('heading', { name: 'Stream keys' }) });
  const obs = page.locator('section', { has: page.getByRole('heading', { name: 'Connect OBS' }) });
  const row = (name: string) => keys.getByRole('listitem', { name });

  await keys.getByLabel('Name of the new key').fill('van');
  await keys.getByLabel('How long it lasts').selectOption('One day');
  await keys.getByRole('button', { name: 'New key' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await row('van')
    .getByText(/ends (in 24 hours|tomorrow)/)
    .waitFor();
  await obs.getByText(/The key “van” ends (in 24 hours|tomorrow): /).waitFor();

  await row('van').getByRole('button', { name: 'Change' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change “van”' });
  await dialog.getByLabel('Name').fill('lorry');
  await dialog.getByLabel('Until it is revoked').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await row('lorry').waitFor();
  expect(await row('lorry').getByText(/ends/).count()).toBe(0);
  expect(await obs.getByText('lorry').count()).toBe(0);

  await row('lorry').getByRole('button', { name: 'Change' }).click();
  const again = page.getByRole('dialog', { name: 'Change “lorry”' });
  await again.getByLabel('Until', { exact: true }).first().check();
  await again.locator('input[type=datetime-local]').fill('2099-05-06T07:08');
  await again.getByRole('button', { name: 'Save' }).click();
  await row('lorry')
    .getByText(/ends in \d+/)
    .waitFor();
  const api = await Api.logIn(server, account);
  const { items } = await api.get<{ items: { name: string; expiresAt: string }[] }>('/channels/spring/keys');
  const here = await page.evaluate<string>("new Date('2099-05-06T07:08').toISOString()");
  expect(items).toMatchObject([{ name: 'lorry', expiresAt: here }]);
  await visitor.leave();
});

test('a key that expires while the page is open is said to have done so, there and where OBS is set up', async () => {
  const visitor = await newVisitor(browser);
  const page = await logIn(visitor, server.url, account);
  const api = await Api.logIn(server, account);
  await api.post('/channels/spring/keys', { name: 'ferry', ttlSeconds: 3600 });
  await page.clock.install({ time: Date.now() + 3 * 3_600_000 });
  await page.goto(`${server.url}/dashboard`);
  await page.locator('a[href="/dashboard/spring"]').first().click();
  await page.getByRole('listitem', { name: 'ferry' }).getByText('expired 2 hours ago').waitFor();
  await page.getByText('The key “ferry” expired 2 hours ago.').waitFor();
  await visitor.leave();
});
