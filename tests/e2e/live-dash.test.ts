import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { liveIndexKey } from '../../src/dash/live-files.ts';
import { nextNumber, readLiveIndex } from '../../src/dash/live-index.ts';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { openBrowser } from '../support/browser.ts';
import { busyTranscoder } from '../support/busy-transcoder.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

/** What viewers of DASH are behind at most. */
const MOST_BEHIND_MS = 4_000;
/** Two until another one is asked, an encoder's start, and three segments. */
const TAKEN_OVER_MS = 9_000;
const SHAKA = createRequire(import.meta.url).resolve('shaka-player/dist/shaka-player.dash.js');

let server: Server;
let api: Api;
let media: EncodedMedia;
let browser: Browser;
let site: Awaited<ReturnType<typeof openBareSite>>;

beforeAll(async () => {
  [server, media, browser, site] = await Promise.all([
    Server.start({ env: { TRANSCODERS: '2' } }),
    makeMedia({ groupSeconds: 2 }),
    openBrowser(),
    openBareSite(),
  ]);
  api = await Api.setUp(server);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  site?.close();
  await server?.stop();
});

interface Shown {
  /** Of the presentation, in seconds. */
  readonly at: number;
  readonly height: number;
  readonly isStalled: boolean;
  readonly seekableSeconds: number;
}

/** Shaka on a page of another site. */
async function watch(manifest: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(site.url);
  await page.addScriptTag({ path: SHAKA });
  await page.addScriptTag({ path: join(import.meta.dirname, '../support/page/dash-player.js') });
  await page.evaluate(`dash.load(${JSON.stringify(manifest)})`);
  return page;
}

const shown = (page: Page): Promise<Shown> => page.evaluate('dash.shown()');
const seek = (page: Page, seconds: number) => page.evaluate(`dash.seek(${seconds})`);

test('a viewer of DASH is four seconds behind at most, can go back, and goes on after kill -9 of the transcoder', async () => {
  const { slug, key } = await api.createChannel('adaptive');
  await api.patch(`/channels/${slug}`, { isAdaptive: true });
  await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  const { dashUrl, stream } = await until('the channel has a manifest', async () => {
    const live = await api.get<{ dashUrl: string | null; stream: { id: string } | null }>(`/channels/${slug}/live`);
    return live.dashUrl !== null && live.stream !== null && { dashUrl: live.dashUrl, stream: live.stream };
  });
  const manifest = server.url + dashUrl;
  await until('the manifest is there', async () => (await fetch(manifest)).ok, { timeoutMs: 30_000 });
  const index = () => {
    const read = readLiveIndex(readFileSync(join(server.dataDir, liveIndexKey(stream.id)), 'utf8'));
    if (!read) throw new Error('the index can not be read');
    return read;
  };

  const page = await watch(manifest);
  const first = await until('it plays', async () => {
    const now = await shown(page);
    return now.at > 0 && !now.isStalled && now;
  });
  expect(first.height).toBe(240);
  const { startedAtMs } = index();
  const behind: number[] = [];
  await until('it has played for eight seconds', async () => {
    const { at, isStalled } = await shown(page);
    expect(isStalled).toBe(false);
    behind.push(Date.now() - (startedAtMs + at * 1_000));
    return at > first.at + 8;
  });
  expect(Math.max(...behind)).toBeLessThan(MOST_BEHIND_MS);

  const edge = await until('there are eight seconds to go back to', async () => {
    const now = await shown(page);
    return now.seekableSeconds > 8 && now;
  });
  await seek(page, edge.at - 6);
  await until('it plays what was', async () => {
    const { at, isStalled } = await shown(page);
    return !isStalled && at > edge.at - 5.5 && at < edge.at;
  });
  await seek(page, edge.at + 1);

  const busy = await until('somebody encodes', () => busyTranscoder(server));
  const before = nextNumber(index());
  const killedMs = Date.now();
  process.kill(busy, 'SIGKILL');
  await until('another one goes on', () => nextNumber(index()) > before + 2 && busyTranscoder(server) !== busy, {
    timeoutMs: 30_000,
  });
  const takenOverMs = Date.now() - killedMs;
  expect(takenOverMs).toBeLessThan(TAKEN_OVER_MS);
  const [, second] = index().periods;
  await until(
    'the viewer goes on',
    async () => {
      const { at, isStalled } = await shown(page);
      return !isStalled && at > (second?.first ?? Number.POSITIVE_INFINITY) + 1;
    },
    { timeoutMs: 20_000 },
  );
}, 180_000);
