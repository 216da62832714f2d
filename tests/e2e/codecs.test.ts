import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, received, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesMovingPicture } from '../support/watching.ts';

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

const openClient = (call: 'publish' | 'play', options: object) =>
  openBareClient({ visitor, siteUrl: bareSite.url }, call, options);

async function stop(page: Page): Promise<number> {
  const status = await page.evaluate<number>('stop()');
  await page.close();
  return status;
}

describe('from one browser to another', () => {
  test.each(['VP8', 'VP9', 'H264', 'AV1'])('%s and Opus arrive as they were sent', async (codec) => {
    const { slug, key } = await api.createChannel(`codec-${codec.toLowerCase()}`);
    const publisher = await openClient('publish', { url: `${server.url}/whip`, key, video: codec });
    await until('the stream is live', async () => (await api.live(slug)).state === 'live');

    const viewer = await openClient('play', { url: `${server.url}/whep/${slug}` });
    const seen = await seesMovingPicture(viewer);
    await hearsSound(viewer);

    expect(seen).toMatchObject({ videoCodec: `video/${codec}`, audioCodec: 'audio/opus', width: 640, height: 360 });
    await until('one viewer is counted', async () => (await api.live(slug)).stream?.viewers === 1);
    expect(await stop(viewer)).toBe(200);
    await until('nobody is counted', async () => (await api.live(slug)).stream?.viewers === 0);
    expect(await stop(publisher)).toBe(200);
    await until('the channel is offline', async () => (await api.live(slug)).state === 'offline');
  });

  test('a stream of sound alone is heard', async () => {
    const { slug, key } = await api.createChannel('sound-alone');
    const publisher = await openClient('publish', { url: `${server.url}/whip`, key, video: false });
    await until('the stream is live', async () => (await api.live(slug)).state === 'live');

    const viewer = await openClient('play', { url: `${server.url}/whep/${slug}` });
    await hearsSound(viewer);

    expect((await received(viewer)).framesDecoded).toBe(0);
    await stop(viewer);
    await stop(publisher);
  });

  test('a stream of pictures alone is seen', async () => {
    const { slug, key } = await api.createChannel('pictures-alone');
    const publisher = await openClient('publish', { url: `${server.url}/whip`, key, audio: false });
    await until('the stream is live', async () => (await api.live(slug)).state === 'live');

    const viewer = await openClient('play', { url: `${server.url}/whep/${slug}` });
    await seesMovingPicture(viewer);

    expect((await received(viewer)).audioEnergy).toBe(0);
    await stop(viewer);
    await stop(publisher);
  });

  test('two viewers in the middle of a stream see it, and are counted no longer than they watch', async () => {
    const { slug, key } = await api.createChannel('latecomers');
    const publisher = await openClient('publish', { url: `${server.url}/whip`, key });
    await until('the stream is live', async () => (await api.live(slug)).state === 'live');
    const first = await openClient('play', { url: `${server.url}/whep/${slug}` });
    await seesMovingPicture(first);

    const second = await openClient('play', { url: `${server.url}/whep/${slug}` });
    await seesMovingPicture(second);
    await seesMovingPicture(first);

    const areCounted = async (viewers: number) => (await api.live(slug)).stream?.viewers === viewers;
    await until('two viewers are counted', () => areCounted(2));
    await stop(second);
    await until('one viewer is counted', () => areCounted(1));
    await first.evaluate('probe.hangUp()');
    await until('nobody is counted', () => areCounted(0));
    await first.close();
    await stop(publisher);
  });
});
