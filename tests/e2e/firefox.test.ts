import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api, owner } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { type AnyPage, newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { Firefox, type FirefoxPage } from '../support/firefox.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { sightDuring } from '../support/shaped-page.ts';
import { isSkipped, firefox as tool } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesCodec, seesMovingPicture } from '../support/watching.ts';

const PLAYER = '[data-testid=player]';

describe.skipIf(isSkipped(tool))('Firefox', () => {
  let server: Server;
  let api: Api;
  let bareSite: Awaited<ReturnType<typeof openBareSite>>;
  let chromium: Browser;
  let visitor: Visitor;
  let firefox: Firefox;

  beforeAll(async () => {
    [server, bareSite, chromium, firefox] = await Promise.all([
      // Firefox in its sandbox has no candidate on loopback: it is met on the machine's own address.
      Server.start({ env: { ANNOUNCED_ADDRESS: '' } }),
      openBareSite(),
      openBrowser(),
      Firefox.start(),
    ]);
    [api, visitor] = await Promise.all([Api.setUp(server), newVisitor(chromium)]);
  });

  afterAll(async () => {
    await firefox?.close();
    await chromium?.close();
    bareSite?.close();
    await server?.stop();
  });

  async function start(page: AnyPage, call: 'publish' | 'play', options: object): Promise<void> {
    await until('the page is ready', () => page.evaluate('globalThis.client !== undefined'));
    await page.evaluate(`client.${call}(${JSON.stringify(options)}).then((stop) => { globalThis.stop = stop; })`);
  }

  async function inChromium(call: 'publish' | 'play', options: object): Promise<Page> {
    const page = await visitor.open(bareSite.url);
    // Chromium plays sound only where somebody has clicked.
    await page.locator('video').click();
    await start(page, call, options);
    return page;
  }

  const isLive = (slug: string) => until(`${slug} is live`, async () => (await api.live(slug)).state === 'live');

  async function watch(slug: string, state = 'live'): Promise<FirefoxPage> {
    const page = await firefox.open(`${server.url}/${slug}`);
    await page.waitFor(`[data-state=${state}]`);
    return page;
  }

  test('sees and hears on the watch page what Chromium sends', async () => {
    const { slug, key } = await api.createChannel('to-firefox');
    const publisher = await inChromium('publish', { url: `${server.url}/whip`, key, video: 'VP8' });
    await isLive(slug);

    const page = await watch(slug);
    const seen = await seesMovingPicture(page, PLAYER);
    await hearsSound(page);

    expect(seen).toMatchObject({ videoCodec: 'video/VP8', audioCodec: 'audio/opus', width: 640, height: 360 });
    expect(firefox.errors).toEqual([]);
    await page.close();
    await publisher.close();
  });

  test('is seen and heard in Chromium whatever codec it sends', async () => {
    const { slug, key } = await api.createChannel('from-firefox');
    let [viewer, before]: [Page?, FirefoxPage?] = [];
    for (const codec of ['VP8', 'VP9', 'AV1']) {
      const publisher = await firefox.open(bareSite.url);
      await start(publisher, 'publish', { url: `${server.url}/whip`, key, video: codec });
      await isLive(slug);
      viewer ??= await inChromium('play', { url: `${server.url}/whep/${slug}` });
      expect(await seesCodec(viewer, `video/${codec}`)).toMatchObject({ audioCodec: 'audio/opus' });
      await hearsSound(viewer);
      await before?.close();
      before = publisher;
    }
    expect(await before?.evaluate('stop()')).toBe(200);
    await before?.close();
    await viewer?.close();
  });

  test('goes live in the studio and is seen in Chromium until it stops', async () => {
    const { slug } = await api.createChannel('firefox-studio');
    const login = await firefox.open(`${server.url}/login`);
    await login.evaluate(
      `fetch('/api/v1/login', ${JSON.stringify({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(owner),
      })}).then(({ ok }) => ok)`,
    );
    await login.close();

    const studio = await firefox.open(`${server.url}/studio?channel=${slug}`);
    await studio.click('[data-testid=go-live]');
    await isLive(slug);
    const viewer = await inChromium('play', { url: `${server.url}/whep/${slug}` });
    await seesMovingPicture(viewer);
    await hearsSound(viewer);

    await studio.click('[data-testid=stop]');
    await studio.click('dialog[open] .button-live');
    await until('the channel is offline', async () => (await api.live(slug)).state === 'offline');
    expect(firefox.errors).toEqual([]);
    await studio.close();
    await viewer.close();
  });

  test('sees no freeze when the publisher is another one with another codec', async () => {
    const { slug, key } = await api.createChannel('codecs-to-firefox');
    const publish = (video: string) => inChromium('publish', { url: `${server.url}/whip`, key, video });
    let publisher = await publish('VP8');
    await isLive(slug);
    const viewer = await firefox.open(bareSite.url);
    await start(viewer, 'play', { url: `${server.url}/whep/${slug}` });
    await seesMovingPicture(viewer);

    for (const codec of ['AV1', 'VP8', 'VP9', 'AV1']) {
      const sight = await sightDuring(viewer, async () => {
        const next = await publish(codec);
        await seesCodec(viewer, `video/${codec}`);
        await hearsSound(viewer);
        await publisher.close();
        publisher = next;
      });
      expect(sight.longestFreezeMs, `${codec}: ${JSON.stringify(sight)}`).toBeLessThan(1000);
    }

    await viewer.close();
    await publisher.close();
  });

  test('is told on the watch page when it can no longer decode a stream, and plays on once it can again', async () => {
    const { slug, key } = await api.createChannel('at-times-for-firefox');
    const publish = (video: string) => inChromium('publish', { url: `${server.url}/whip`, key, video });
    const before = await publish('VP8');
    await isLive(slug);
    const page = await watch(slug);
    await seesMovingPicture(page, PLAYER);

    const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media: await makeMedia() });
    await page.waitFor('[data-state=error]');
    const words = await page.evaluate<string>('document.querySelector("[data-state=error]").innerText');
    expect(words).toContain('It is sent as H264, which this browser does not decode.');
    await until('nobody is counted', async () => (await api.live(slug)).stream?.viewers === 0);

    const after = await publish('AV1');
    await page.waitFor('[data-state=live]');
    await seesCodec(page, 'video/AV1');
    obs.vanish();
    await page.close();
    await before.close();
    await after.close();
  });

  test('hears and sees on the watch page what a publisher adds, and is told when there is no picture', async () => {
    const { slug, key } = await api.createChannel('sound-to-firefox');
    const publish = (options: object) => inChromium('publish', { url: `${server.url}/whip`, key, ...options });
    let publisher = await publish({ video: false });
    await isLive(slug);
    const page = await watch(slug);
    const notice = () => page.evaluate<boolean>(`document.querySelector('main').innerText.includes('Sound only')`);
    await hearsSound(page);
    await until('it is told that there is no picture', notice);

    for (const [options, hasPicture, hasSound] of [
      [{}, true, true],
      [{ video: false }, false, true],
      [{ audio: false }, true, false],
      [{}, true, true],
    ] as const) {
      const next = await publish(options);
      await publisher.close();
      publisher = next;
      await until('it is told what there is', async () => (await notice()) !== hasPicture);
      if (hasPicture) await seesMovingPicture(page, PLAYER);
      if (hasSound) await hearsSound(page);
    }

    expect(await page.evaluate('probe.peers()')).toBe(1);
    expect(firefox.errors).toEqual([]);
    await page.close();
    await publisher.close();
  });
});
