import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api, owner as account } from '../support/api.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { tokenOfNewcomer } from '../support/newcomer.ts';
import { Server } from '../support/server.ts';

let server: Server;
let browser: Browser;
let owner: Api;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  owner = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('somebody joins by an invitation, makes a token and changes the password, until the owner disables the account', async () => {
  const name = `Ines ${randomUUID().slice(0, 8)}`;
  const { url } = await owner.post<{ url: string }>('/invites', { role: 'streamer' });
  const visitor = await newVisitor(browser);
  const page = await visitor.open(url);
  await page.getByLabel('Your name').fill('owner');
  await page.getByLabel('Password').fill('a long enough password');
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('alert').getByText('There is an account of this name already.').waitFor();
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.waitForURL('**/dashboard');

  await page.goto(`${server.url}/account`);
  await page.getByText(/^Chrome on /).waitFor();
  await page.getByLabel('keys', { exact: false }).check();
  await page.getByLabel('Name of the new token').fill('script');
  await page.getByRole('button', { name: 'New token' }).click();
  const token = await page.locator('dialog code').innerText();
  expect(token).toMatch(/^frt_/);
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('read, keys').waitFor();

  await page.getByLabel('Present password').fill('a long enough password');
  await page.getByLabel('New password').fill('another long password');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('Your password is changed').waitFor();

  const { items } = await owner.get<{ items: { id: string }[] }>(`/users?q=${encodeURIComponent(name)}`);
  await owner.patch(`/users/${items[0]?.id}`, { isDisabled: true });
  await page.goto(`${server.url}/account`);
  await page.waitForURL('**/login?next=%2Faccount');
  const me = await fetch(`${server.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  expect(me.status).toBe(401);
  await visitor.leave();
});

test('an owner invites, changes, disables and deletes people on their page', async () => {
  const name = `Jon ${randomUUID().slice(0, 8)}`;
  const visitor = await newVisitor(browser);
  const page = await visitor.open(`${server.url}/login?next=%2Fadmin`);
  await page.getByLabel('Name').fill(account.name);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByLabel('Role of who is invited').selectOption('viewer');
  await page.getByRole('button', { name: 'Make a link' }).click();
  const link = new URL(await page.locator('dialog code').innerText());
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('Not accepted yet').waitFor();
  await owner.post('/invites/accept', {
    token: link.searchParams.get('token'),
    name,
    password: 'a long enough password',
  });

  await page.getByLabel('Search people').fill(name.toUpperCase());
  await page.getByRole('button', { name: 'Search' }).click();
  const row = page.getByRole('listitem', { name });
  await row.getByRole('combobox').selectOption('streamer');
  await row.getByRole('button', { name: 'Disable' }).click();
  await row.getByText('Disabled').waitFor();
  const found = await owner.get<{ items: object[] }>(`/users?q=${encodeURIComponent(name)}`);
  expect(found.items).toMatchObject([{ name, role: 'streamer', isDisabled: true }]);
  await row.getByRole('button', { name: 'Enable' }).click();
  await row.getByRole('button', { name: 'Password link' }).click();
  await page.locator('dialog code', { hasText: '/reset-password?token=' }).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await row.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete the account' }).click();
  await page.getByText(`${name} is deleted`).waitFor();
  expect((await owner.get<{ items: object[] }>(`/users?q=${encodeURIComponent(name)}`)).items).toEqual([]);
  await visitor.leave();
});

test('an owner sees the API tokens of everybody, page by page, and revokes one of them', async () => {
  const name = `Tove ${randomUUID().slice(0, 8)}`;
  const token = await tokenOfNewcomer(
    owner,
    server.url,
    { name, role: 'viewer' },
    { name: 'forgotten robot', scopes: ['read', 'chat'] },
  );
  for (let i = 0; i < 50; i += 1) await owner.post('/tokens', { name: `later ${i}` });
  const visitor = await newVisitor(browser);
  const page = await logIn(visitor, server.url);
  await page.goto(`${server.url}/admin`);
  await page.getByRole('link', { name: 'Tokens' }).click();
  await page.getByRole('heading', { level: 1, name: 'API tokens' }).waitFor();
  const row = page.getByRole('listitem', { name: 'forgotten robot' });
  expect(await row.count()).toBe(0);
  await page.getByRole('button', { name: 'Show more' }).click();
  await row.getByText(`of ${name}`).waitFor();
  expect(await row.innerText()).toMatch(/read, chat · made now · never used/);
  expect(await page.content()).not.toContain(token);

  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByText(`in the name of ${name}`).waitFor();
  await page.getByRole('button', { name: 'Revoke it' }).click();
  await page.getByText('Token revoked').waitFor();
  expect(await row.count()).toBe(0);
  const me = await fetch(`${server.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  expect(me.status).toBe(401);
  await visitor.leave();
});
