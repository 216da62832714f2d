import type { Browser } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api, owner } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser } from '../support/browser.ts';
import { HookReceiver } from '../support/hook-receiver.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: Server;
let browser: Browser;
let receiver: HookReceiver;
let slug: string;

beforeAll(async () => {
  [server, browser, receiver] = await Promise.all([
    Server.start({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } }),
    openBrowser(),
    HookReceiver.start(),
  ]);
  ({ slug } = await (await Api.setUp(server)).createChannel('brook'));
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await receiver?.close();
});

test('a streamer adds a webhook in the dashboard, tests it, reads its log, sends again, and deletes it', async () => {
  const visitor = await newVisitor(browser);
  const page = await visitor.open(`${server.url}/login`);
  await page.getByLabel('Name').fill(owner.name);
  await page.getByLabel('Password').fill(owner.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL('**/dashboard');
  await page.goto(`${server.url}/dashboard/${slug}`);
  const section = page.getByTestId('webhooks');

  await section.getByLabel('Tell this address').fill('http://169.254.169.254/');
  await section.getByRole('button', { name: 'New webhook' }).click();
  await section.getByText('not on the internet').waitFor();
  await section.getByLabel('Tell this address').fill(receiver.url);
  await section.getByLabel('Gets advice').check();
  await section.getByRole('button', { name: 'New webhook' }).click();
  const secret = await page.getByRole('dialog').locator('code').innerText();
  await page.getByRole('button', { name: 'Done' }).click();

  receiver.answer = () => ({ status: 200, body: 'thank you' });
  await section.getByRole('button', { name: 'Test' }).click();
  const log = page.getByRole('dialog', { name: 'Deliveries' });
  await log.locator('[data-delivery=delivered]').waitFor();
  expect(await log.innerText()).toMatch(/webhook\.test[\s\S]*200 in [\d.]+ ms, one attempt/);
  const { body, headers } = await until('the receiver was told', () => receiver.received[0]);
  expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({ type: 'webhook.test' });
  await log.getByText('What was said').click();
  await log.getByText('thank you').waitFor();
  await log.getByRole('button', { name: 'Send again' }).click();
  await until('it was sent again under the same id', () => {
    const ids = receiver.received.map((hook) => hook.headers['webhook-id']);
    return ids.length === 2 && ids[0] === ids[1];
  });
  await log.getByRole('button', { name: 'Done' }).click();

  for (const [look, size] of [
    ['desktop', { width: 1280, height: 900 }],
    ['phone', { width: 390, height: 844 }],
  ] as const) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await section.scrollIntoViewIfNeeded();
      await section.screenshot({ path: `tests/.output/webhooks-${look}-${colorScheme}.png` });
      await section.getByRole('button', { name: 'Log' }).click();
      await log.locator('[data-delivery]').first().waitFor();
      await keepPicture(page, `webhooks-log-${look}-${colorScheme}`);
      await page.keyboard.press('Escape');
    }
  }

  await section.getByRole('button', { name: 'Switch off' }).click();
  await section.getByText('Switched off.').waitFor();
  expect(await section.getByRole('button', { name: 'Test' }).isDisabled()).toBe(true);
  await section.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await until('it is gone', async () => (await section.getByRole('listitem').count()) === 0);
  expect(visitor.errors.filter((error) => !error.includes('422'))).toEqual([]);
  await visitor.leave();
});
