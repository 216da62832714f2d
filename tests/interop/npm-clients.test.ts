import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, received, type Visitor } from '../support/browser.ts';
import { bundleNpmClients, type NpmClient, startNpmClient } from '../support/npm-clients.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesMovingPicture } from '../support/watching.ts';

/** Nobody listens there; what matters is that clients hear of it and can use what they hear. */
const RELAY = 'turn:127.0.0.1:9';

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let visitor: Visitor;
let bundle: string;

beforeAll(async () => {
  const env = { TURN_URLS: RELAY, TURN_SECRET: 'a secret of more than 32 characters' };
  [server, bareSite, browser, bundle] = await Promise.all([
    Server.start({ env }),
    openBareSite(),
    openBrowser(),
    bundleNpmClients(),
  ]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

beforeEach(async () => {
  visitor = await newVisitor(browser);
});

afterEach(() => visitor.leave());

/** A page with a session in it, and what it asked of the server: `PATCH 204`, in the order of the answers. */
async function open(
  client: NpmClient,
  call: 'publish' | 'play',
  options: object,
  url = bareSite.url,
): Promise<[Page, string[]]> {
  const page = await visitor.open(url);
  const asked: string[] = [];
  page.on('response', (response) => {
    if (response.url().startsWith(server.url)) asked.push(`${response.request().method()} ${response.status()}`);
  });
  // Browsers play sound only where somebody has clicked.
  await page.locator('body').click();
  await page.evaluate(bundle);
  await startNpmClient(page, client, call, options);
  return [page, asked];
}

const whip = (key: string) => ({ url: `${server.url}/whip`, key });
const whep = (slug: string) => ({ url: `${server.url}/whep/${slug}` });
const isLive = (slug: string) => until(`${slug} is live`, async () => (await api.live(slug)).state === 'live');

async function seesSize(page: Page, height: number): Promise<void> {
  await until(`${height} lines are seen`, async () => (await received(page)).height === height, { timeoutMs: 30_000 });
}

async function stopViewer(page: Page, slug: string): Promise<void> {
  await until('one viewer is counted', async () => (await api.live(slug)).stream?.viewers === 1);
  await page.evaluate('session.stop()');
  await until('nobody is counted', async () => (await api.live(slug)).stream?.viewers === 0);
}

/** Without a DELETE the channel would be `reconnecting` for half a minute. */
async function stopPublisher(page: Page, slug: string): Promise<void> {
  await page.evaluate('session.stop()');
  expect((await api.live(slug)).state).toBe('offline');
}

describe('whip-whep', () => {
  test('publishes three layers, trickles, restarts and stops', async () => {
    const { slug, key } = await api.createChannel('by-whip-whep');
    const [publisher, asked] = await open('whip-whep', 'publish', whip(key));
    await isLive(slug);
    expect(await publisher.evaluate('session.relays()')).toEqual([{ urls: [RELAY], username: expect.any(String) }]);

    const [viewer] = await open('eyevinn', 'play', whep(slug));
    await seesSize(viewer, 720);
    await publisher.evaluate('session.restart()');
    await seesMovingPicture(viewer);
    await hearsSound(viewer);
    const layers = (await api.live(slug)).stream?.layers ?? [];
    expect(layers.map(({ height }) => height).sort()).toEqual([180, 360, 720]);

    await stopPublisher(publisher, slug);
    expect(new Set(asked)).toEqual(new Set(['POST 201', 'PATCH 204', 'PATCH 200', 'DELETE 200']));
    expect(asked.filter((one) => one === 'PATCH 200')).toHaveLength(1);
  });

  test('watches, chooses a layer and lets go of it, restarts and stops', async () => {
    const { slug, key } = await api.createChannel('to-whip-whep');
    const [publisher] = await open('whip-whep', 'publish', whip(key));
    await isLive(slug);
    const [viewer, asked] = await open('whip-whep', 'play', whep(slug));
    await seesSize(viewer, 720);
    await hearsSound(viewer);

    await viewer.evaluate(`session.choose({ rid: 'q' })`);
    await seesSize(viewer, 180);
    await viewer.evaluate('session.choose()');
    await seesSize(viewer, 720);
    await viewer.evaluate('session.restart()');
    await seesMovingPicture(viewer);

    await stopViewer(viewer, slug);
    await stopPublisher(publisher, slug);
    expect(asked).toEqual(expect.arrayContaining(['POST 201', 'PATCH 200', 'POST 200', 'DELETE 200']));
  });
});

describe('the clients of Eyevinn', () => {
  test('publish from pages of the server itself, where they trickle with the tag in the wrong header', async () => {
    const { slug, key } = await api.createChannel('eyevinn-at-home');
    const [publisher, asked] = await open('eyevinn', 'publish', whip(key), `${server.url}/healthz`);
    await isLive(slug);
    await stopPublisher(publisher, slug);
    expect(asked).toContain('PATCH 428');
  });

  test('publish and watch', async () => {
    const { slug, key } = await api.createChannel('eyevinn');
    const [publisher, published] = await open('eyevinn', 'publish', whip(key));
    await isLive(slug);
    const [viewer, watched] = await open('eyevinn', 'play', whep(slug));
    await seesMovingPicture(viewer);
    await hearsSound(viewer);

    await stopViewer(viewer, slug);
    await stopPublisher(publisher, slug);
    expect(published).toEqual(['OPTIONS 200', 'OPTIONS 200', 'POST 201', 'DELETE 200']);
    expect(watched).toEqual(['POST 201', 'DELETE 200']);
    expect(visitor.errors).toEqual([]);
  });
});
