import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { watchFor } from '../support/shaped-page.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

const DELAY_MS = 20;
const QUEUE_BYTES = 64 * 1024;
const LOSS = 0.02;
/** With headers. */
const SOUND_BPS = 90_000;

// A browser on a machine that has other things to do at that moment gets another try, and is named at the end of the run.
const options = { retry: 1 };

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

/** What the server receives of the picture, once the browser sends as much as it likes. */
async function steadyBitrate(slug: string): Promise<number> {
  let before = 0;
  return until(
    'the bitrate is steady',
    async () => {
      const bitrateBps = (await api.live(slug)).stream?.layers[0]?.bitrateBps ?? 0;
      const isSteady = bitrateBps > 100_000 && Math.abs(bitrateBps - before) < 0.15 * before;
      before = bitrateBps;
      return isSteady && bitrateBps;
    },
    { timeoutMs: 60_000, everyMs: 2000 },
  );
}

test(
  'a browser that publishes over a thin and lossy link sends what it carries, and more when it carries more',
  options,
  async () => {
    const { slug, key } = await api.createChannel('uplink');
    const link = await UdpShaper.open({
      seed: 5,
      serverPort: server.mediaPort,
      up: { delayMs: DELAY_MS },
      down: { delayMs: DELAY_MS },
    });
    const publisher = await openBareClient({ visitor, siteUrl: bareSite.url, link }, 'publish', {
      url: `${server.url}/whip`,
      key,
      video: 'VP8',
    });
    await until('the channel is live', async () => (await api.live(slug)).state === 'live');
    const viewer = await openBareClient({ visitor, siteUrl: bareSite.url }, 'play', {
      url: `${server.url}/whep/${slug}`,
    });
    await seesMovingPicture(viewer);
    const wide = await steadyBitrate(slug);

    const thinBps = wide * 0.6;
    link.change({ up: { rateBps: thinBps + SOUND_BPS, delayMs: DELAY_MS, queueBytes: QUEUE_BYTES, loss: LOSS } });
    await until(
      'the publisher sends less',
      async () => ((await api.live(slug)).stream?.layers[0]?.bitrateBps ?? wide) < thinBps,
      { timeoutMs: 15_000, everyMs: 250 },
    );
    const thin = await watchFor(viewer, 6000);
    expect(thin.longestFreezeMs, JSON.stringify(thin)).toBeLessThan(1000);
    expect(thin.frozenShare, JSON.stringify(thin)).toBeLessThan(0.1);

    link.change({ up: { delayMs: DELAY_MS } });
    await until(
      'the publisher sends as much as before',
      async () => ((await api.live(slug)).stream?.layers[0]?.bitrateBps ?? 0) > wide * 0.8,
      { timeoutMs: 60_000, everyMs: 500 },
    );
    await Promise.all([viewer.close(), publisher.close()]);
    link.close();
  },
);
