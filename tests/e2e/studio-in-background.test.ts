import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api, owner } from '../support/api.ts';
import { BackgroundChromium } from '../support/background-chromium.ts';
import { newVisitor, openBrowser, received } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

const WATCHED_MS = 5000;
/** Timers of a hidden page tick once a second: a composer that leans on them is seen at once. */
const LEAST_PER_SECOND = 10;

let server: Server;
let browser: Browser;
let background: BackgroundChromium;

beforeAll(async () => {
  [server, browser, background] = await Promise.all([Server.start(), openBrowser(), BackgroundChromium.start()]);
});

afterAll(async () => {
  await background?.close();
  await browser?.close();
  await server?.stop();
});

test('screen and camera are composed and sent while another tab is in front', async () => {
  const api = await Api.setUp(server);
  const { slug } = await api.createChannel('behind');
  await background.open(`${server.url}/login`);
  const login = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(owner) };
  await background.evaluate(`fetch('/api/v1/login', ${JSON.stringify(login)}).then(({ ok }) => ok)`);
  await background.open(`${server.url}/studio?channel=${slug}`);
  const press = (selector: string) =>
    until(`${selector} can be pressed`, () =>
      background
        .evaluate(
          `(() => { const it = document.querySelector('${selector}:enabled'); it?.click(); return Boolean(it); })()`,
        )
        .then(Boolean),
    );
  await press('[data-testid=go-live]');
  await press('[aria-keyshortcuts="3"]');
  await until('both are composed', async () =>
    background.evaluate("Boolean(document.querySelector('[data-testid=inset]'))").then(Boolean),
  );
  await background.hide();

  const viewer = await newVisitor(browser);
  const watch = await viewer.open(`${server.url}/${slug}`);
  await seesMovingPicture(watch, '[data-testid=player]');
  const { framesDecoded: before } = await received(watch);
  const enough = (LEAST_PER_SECOND * WATCHED_MS) / 1000;
  await until('pictures come', async () => (await received(watch)).framesDecoded > before + enough, {
    timeoutMs: WATCHED_MS,
  });
  expect(await background.evaluate('document.visibilityState')).toBe('hidden');
  await viewer.leave();
});
