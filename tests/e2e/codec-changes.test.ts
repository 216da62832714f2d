import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { sightDuring } from '../support/shaped-page.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesCodec, seesMovingPicture, tapForSound } from '../support/watching.ts';

const PLAYER = '[data-testid=player]';

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let visitor: Visitor;
let media: EncodedMedia;

beforeAll(async () => {
  const larger = { width: 854, height: 480, groupSeconds: 2, seconds: 10 };
  [server, bareSite, browser, media] = await Promise.all([
    Server.start(),
    openBareSite(),
    openBrowser(),
    makeMedia(larger),
  ]);
  [api, visitor] = await Promise.all([Api.setUp(server), newVisitor(browser)]);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

async function openClient(call: 'publish' | 'play', options: object): Promise<Page> {
  const page = await visitor.open(bareSite.url);
  await page.waitForFunction('globalThis.client');
  // Browsers play sound only where somebody has clicked.
  await page.locator('video').click();
  await page.evaluate(`client.${call}(${JSON.stringify(options)}).then((stop) => { globalThis.stop = stop; })`);
  return page;
}

/** Goes live; how to vanish without a DELETE. */
type Publish = (key: string) => Promise<() => Promise<void>>;

const asBrowser =
  (options: { video?: string | false; audio?: boolean }): Publish =>
  async (key) => {
    const page = await openClient('publish', { url: `${server.url}/whip`, key, ...options });
    return async () => {
      await page.evaluate('probe.hangUp()');
      await page.close();
    };
  };

const asEncoder: Publish = async (key) => {
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  return async () => obs.vanish();
};

const changes: readonly [string, Publish][] = [
  ['video/H264', asEncoder],
  ['video/AV1', asBrowser({ video: 'AV1' })],
  ['video/VP9', asBrowser({ video: 'VP9' })],
  ['video/H264', asBrowser({ video: 'H264' })],
  ['video/VP8', asBrowser({ video: 'VP8' })],
];

const isIn = (slug: string, state: 'live' | 'reconnecting') =>
  until(`${slug} is ${state}`, async () => (await api.live(slug)).state === state);

test('a viewer sees no freeze when the stream is taken over with another codec, size and client', async () => {
  const { slug, key } = await api.createChannel('taken-over');
  let leave = await asBrowser({ video: 'VP8' })(key);
  await isIn(slug, 'live');
  const viewer = await openClient('play', { url: `${server.url}/whep/${slug}` });
  await seesMovingPicture(viewer);

  for (const [codec, publish] of changes) {
    const sight = await sightDuring(viewer, async () => {
      const next = await publish(key);
      await seesCodec(viewer, codec);
      await hearsSound(viewer);
      await leave();
      leave = next;
    });
    expect(sight.longestFreezeMs, `${codec}: ${JSON.stringify(sight)}`).toBeLessThan(1000);
  }

  expect((await api.live(slug)).stream?.viewers).toBe(1);
  await leave();
  await viewer.close();
});

test('a viewer who stays sees a lost stream come back with another codec, size and client', async () => {
  const { slug, key } = await api.createChannel('comes-back');
  let leave = await asBrowser({ video: 'VP8' })(key);
  await isIn(slug, 'live');
  const viewer = await openClient('play', { url: `${server.url}/whep/${slug}` });
  await seesMovingPicture(viewer);

  for (const [codec, publish] of changes) {
    let awayMs = performance.now();
    const sight = await sightDuring(viewer, async () => {
      await leave();
      await isIn(slug, 'reconnecting');
      leave = await publish(key);
      awayMs = performance.now() - awayMs;
      await seesCodec(viewer, codec);
      await hearsSound(viewer);
    });
    expect(sight.longestFreezeMs, `${codec}: ${JSON.stringify(sight)}`).toBeLessThan(awayMs + 1000);
  }

  expect((await api.live(slug)).stream?.viewers).toBe(1);
  await leave();
  await viewer.close();
});

test('a viewer hears and sees what a publisher adds, and is told when there is no picture', async () => {
  const { slug, key } = await api.createChannel('more-and-less');
  const whole = asBrowser({});
  const soundAlone = asBrowser({ video: false });
  const pictureAlone = asBrowser({ audio: false });

  let leave = await soundAlone(key);
  await isIn(slug, 'live');
  const viewer = await visitor.open(`${server.url}/${slug}`);
  await tapForSound(viewer);
  await hearsSound(viewer);
  const notice = viewer.getByText('Sound only');
  await notice.waitFor();
  await viewer.evaluate('globalThis.sameDocument = true');

  for (const [publish, hasPicture, hasSound] of [
    [whole, true, true],
    [soundAlone, false, true],
    [pictureAlone, true, false],
    [whole, true, true],
  ] as const) {
    const next = await publish(key);
    await leave();
    leave = next;
    await notice.waitFor({ state: hasPicture ? 'hidden' : 'visible' });
    if (hasPicture) await seesMovingPicture(viewer, PLAYER);
    if (hasSound) await hearsSound(viewer);
  }

  expect(await viewer.evaluate('globalThis.sameDocument')).toBe(true);
  expect(await viewer.evaluate('probe.peers()')).toBe(1);
  await leave();
  await viewer.close();
});
