import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { newVisitor, openBrowser, picture } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { Server } from '../support/server.ts';
import { endStream, goLive } from '../support/studio.ts';
import { until } from '../support/until.ts';

interface Key {
  readonly id: string;
  readonly expiresAt: string;
}

const PREVIEW = 'video[aria-label="What you send"]';

let server: Server;
let browser: Browser;
let api: Api;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('a broadcast from the studio does not end with the key that it began with: that is renewed as long as it goes on', async () => {
  const { slug } = await api.createChannel('long-night');
  const keys = async () => (await api.get<{ items: readonly Key[] }>(`/channels/${slug}/keys`)).items;
  const own = async (id: string) => (await keys()).find((key) => key.id === id)?.expiresAt ?? '';
  const before = (await keys()).map(({ id }) => id);
  const streamer = await newVisitor(browser);
  const page = await logIn(streamer, server.url);
  await page.clock.install();
  await page.goto(`${server.url}/studio?channel=${slug}`);
  await until('the preview shows something', () => picture(page, PREVIEW));
  await goLive(page);
  const { id = '', expiresAt = '' } = (await keys()).find((key) => !before.includes(key.id)) ?? {};
  const { stream } = await api.live(slug);

  // The server's key is about to end; an hour later by the page's clock it has its whole time again.
  await api.patch(`/channels/${slug}/keys/${id}`, { ttlSeconds: 120 });
  expect(Date.parse(await own(id))).toBeLessThan(Date.parse(expiresAt));
  await page.clock.fastForward('01:00:01');
  await until('the key is renewed', async () => Date.parse(await own(id)) >= Date.parse(expiresAt));
  expect(await api.live(slug)).toMatchObject({ state: 'live', stream: { id: stream?.id } });

  await endStream(page);
  await until('the key is gone with the broadcast', async () => (await own(id)) === '');
  await streamer.leave();
});
