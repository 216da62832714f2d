import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { keepPicture, newVisitor, openBrowser } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { shapePage } from '../support/shaped-page.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesMovingPicture, tapForSound } from '../support/watching.ts';

const PLAYER = '[data-testid=player]';
const NOTICE = 'Your connection is too slow for the picture';
/** Even with most of its pictures left out the least one is to take more than sound leaves of the link. */
const LAYERS = [
  { rid: 'l', scaleResolutionDownBy: 2, maxBitrate: 300_000 },
  { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 700_000 },
];
/** Sound takes half of it. */
const THIN = { rateBps: 80_000, queueBytes: 10_000, delayMs: 20 };
/** From the microphone to the ear. The browser keeps its buffer as long as the queue that the picture had made. */
const MAX_DELAY_MS = 2500;

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;

beforeAll(async () => {
  [server, bareSite, browser] = await Promise.all([Server.start(), openBareSite(), openBrowser()]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

/** Of the sound, since the connection began. */
interface Heard {
  readonly packets: number;
  readonly lost: number;
  /** Samples, 48,000 a second: of all, and of those made up where nothing had come. */
  readonly samples: number;
  readonly concealed: number;
}

const heard = (page: Page) => page.evaluate<Heard>('probe.heard()');

/** What is heard within so many seconds. */
async function hear(page: Page, seconds: number): Promise<{ lost: number; concealedShare: number; delayMs: number }> {
  const before = await heard(page);
  const enough = (now: Heard) => now.samples >= before.samples + seconds * 48_000 && now;
  const after = await until(`${seconds} s are heard`, async () => enough(await heard(page)));
  const grown = (field: keyof Heard) => after[field] - before[field];
  const delayMs = await page.evaluate<number>("probe.delayMs('audio')");
  return { lost: grown('lost'), concealedShare: grown('concealed') / grown('samples'), delayMs };
}

test('a link that carries the sound alone is sent the sound alone, says so, and shows the picture when it can', async () => {
  const { slug, key } = await api.createChannel('thin');
  const streamer = await newVisitor(browser);
  const publish = { url: `${server.url}/whip`, key, video: 'VP8', layers: LAYERS };
  await openBareClient({ visitor: streamer, siteUrl: bareSite.url }, 'publish', publish);
  await until(
    'both layers come',
    async () =>
      (await api.live(slug)).stream?.layers.filter(({ bitrateBps }) => bitrateBps > 200_000).length === LAYERS.length,
  );

  const link = await UdpShaper.open({ seed: 3, serverPort: server.mediaPort });
  const viewer = await newVisitor(browser);
  const page = await viewer.open('about:blank');
  await shapePage(page, link);
  await page.goto(`${server.url}/${slug}`);
  await seesMovingPicture(page, PLAYER);
  await tapForSound(page);
  await hearsSound(page);

  link.change({ down: THIN });
  await page.getByText(NOTICE).waitFor({ timeout: 15_000 });
  await keepPicture(page, 'sound-alone');
  await hearsSound(page);
  const first = await hear(page, 3);
  const then = await hear(page, 3);
  const all = JSON.stringify([first, then]);
  expect(await page.getByText(NOTICE).isVisible()).toBe(true);
  expect(then.lost, all).toBe(0);
  expect(then.concealedShare, all).toBeLessThan(0.02);
  expect(then.delayMs, all).toBeLessThan(Math.min(MAX_DELAY_MS, first.delayMs + 100));

  link.change({ down: {} });
  await page.getByText(NOTICE).waitFor({ state: 'hidden', timeout: 15_000 });
  await seesMovingPicture(page, PLAYER);

  link.close();
  expect(viewer.errors).toEqual([]);
  await Promise.all([viewer.leave(), streamer.leave()]);
});
