import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { EventReader } from '../support/event-reader.ts';
import { Server } from '../support/server.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesCodec } from '../support/watching.ts';

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let visitor: Visitor;

beforeAll(async () => {
  [server, bareSite, browser] = await Promise.all([Server.start(), openBareSite(), openBrowser()]);
  api = await Api.setUp(server);
  visitor = await newVisitor(browser);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

interface Heard {
  readonly type: string;
  readonly text?: string;
  readonly author?: { readonly name: string };
}

function heardBy(page: Page): Promise<readonly Heard[]> {
  return page.evaluate<readonly Heard[]>('heard');
}

async function goLive(name: string): Promise<string> {
  const { slug, key } = await api.createChannel(name);
  await openBareClient({ visitor, siteUrl: bareSite.url }, 'publish', { url: `${server.url}/whip`, key });
  await until('it is live', async () => (await api.live(slug)).state === 'live');
  return slug;
}

async function openChat(slug: string, link?: UdpShaper): Promise<Page> {
  const options = { url: `${server.url}/whep/${slug}`, hasChat: true };
  const page = await openBareClient({ visitor, siteUrl: bareSite.url, link }, 'play', options);
  await until('the channel is open', () => page.evaluate<boolean>('chat.readyState === "open"'));
  return page;
}

async function say(page: Page, message: object | Uint8Array): Promise<void> {
  const data =
    message instanceof Uint8Array ? `new Uint8Array([${message}])` : `JSON.stringify(${JSON.stringify(message)})`;
  await page.evaluate(`chat.send(${data})`);
}

test('a player in Chromium chats on the data channel with one who reads events', async () => {
  const slug = await goLive('data-chat');
  const player = await openChat(slug);
  const events = new EventReader(await fetch(`${server.url}/api/v1/channels/${slug}/events`));

  await say(player, Uint8Array.of(1, 2, 3));
  await say(player, { type: 'join', name: 'Nora' });
  await say(player, { type: 'message', text: 'hello 👋' });
  const told = await until('the reader hears', async () => {
    const event = await events.next();
    return event?.name === 'chat' && (event.data as Heard);
  });
  expect(told).toMatchObject({ type: 'message', text: 'hello 👋', author: { name: 'Nora' } });

  await api.post(`/channels/${slug}/chat`, { text: 'welcome' });
  await until('the player hears', async () => (await heardBy(player)).length === 3);
  expect(await heardBy(player)).toMatchObject([
    { type: 'joined', author: { name: 'Nora' } },
    { type: 'message', text: 'hello 👋' },
    { type: 'message', text: 'welcome' },
  ]);
  await seesCodec(player, 'video/VP8');
  await hearsSound(player);

  await player.evaluate('chat.close()');
  await until('it is closed', () => player.evaluate<boolean>('chat.readyState === "closed"'));
  await seesCodec(player, 'video/VP8');
  await events.close();
});

test('every message comes once and in order where one packet in ten is lost', async () => {
  const slug = await goLive('lossy-chat');
  const link = await UdpShaper.open({ seed: 7, serverPort: server.mediaPort });
  const player = await openChat(slug, link);
  const bad = { loss: 0.1, delayMs: 10, jitterMs: 30 };
  link.change({ up: bad, down: bad });
  const texts = Array.from({ length: 12 }, (_, index) => `message ${index}`);
  for (const text of texts) {
    await until('the chat takes it', () => api.post(`/channels/${slug}/chat`, { text }).then(() => true));
  }
  await until('all came', async () => (await heardBy(player)).length >= texts.length, { timeoutMs: 30_000 });
  expect((await heardBy(player)).map(({ text }) => text)).toEqual(texts);
  link.close();
});
