import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api, owner } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { keepPicture, newVisitor, openBrowser } from '../support/browser.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
import { until } from '../support/until.ts';

const SMALL = { width: 320, height: 180, fps: 15, bitrateKbps: 300 };
const NAMED_WITHIN_MS = 15_000;
const WATCHED_MS = 30_000;

const MUTED = `
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => {
    const media = await open(wanted);
    for (const track of media.getAudioTracks()) track.enabled = false;
    return media;
  };
`;

let server: Server;
let api: Api;
let browser: Browser;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;

beforeAll(async () => {
  [server, browser, bareSite] = await Promise.all([Server.start(), openBrowser(), openBareSite()]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

interface Told {
  readonly code: string;
  readonly severity: string;
  readonly text: string;
  readonly obs?: string;
}

async function adviceOn(slug: string): Promise<readonly Told[]> {
  return (await api.get<{ stream: { advice: readonly Told[] } | null }>(`/channels/${slug}/live`)).stream?.advice ?? [];
}

async function publish(name: string, media: EncodedMedia) {
  const { slug, key } = await api.createChannel(name);
  const client = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  return { slug, key, client };
}

function named(slug: string, code: string): Promise<Told> {
  const find = async () => (await adviceOn(slug)).find((advice) => advice.code === code);
  return until(`${slug} is told of ${code}`, find, { timeoutMs: NAMED_WITHIN_MS, everyMs: 250 });
}

test('B-frames and a keyframe interval of ten seconds, sent by a real encoder, are named within 15 s, and no longer once they are gone', async () => {
  const [good, bFrames, rare] = await Promise.all([
    makeMedia(SMALL),
    makeMedia({ ...SMALL, encoder: ['-bf', '2'] }),
    makeMedia({ ...SMALL, seconds: 20, groupSeconds: 10 }),
  ]);
  const [clean, jerky, seldom] = await Promise.all([
    publish('clean', good),
    publish('jerky', bFrames),
    publish('seldom', rare),
  ]);
  const [jerks, waits] = await Promise.all([named(jerky.slug, 'b_frames'), named(seldom.slug, 'keyframe_interval')]);
  expect(jerks).toMatchObject({ severity: 'error', obs: expect.stringContaining('B-Frames: 0') });
  expect(waits.text).toMatch(/only every (9|10|11) seconds/);
  expect(waits.obs).toContain('Keyframe Interval: 2 s');

  const again = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key: jerky.key, media: good });
  await until('the advice is gone', async () => (await adviceOn(jerky.slug)).length === 0, { timeoutMs: 20_000 });
  expect(await adviceOn(clean.slug)).toEqual([]);
  for (const client of [clean.client, again, seldom.client]) client.vanish();
});

test('colours that browsers can not show and a muted sound are named, with what to set, in dashboard and API', async () => {
  const media = await makeMedia({
    ...SMALL,
    encoder: ['-profile:v', 'high422', '-pix_fmt', 'yuv422p'],
    sound: 'anullsrc=r=48000:cl=stereo',
  });
  const { slug, client } = await publish('colourful', media);
  const [colours] = await Promise.all([named(slug, 'undecodable'), named(slug, 'silent_sound')]);
  expect(colours.text).toContain('High 4:2:2');

  const visitor = await newVisitor(browser);
  const page = await visitor.open(`${server.url}/login`);
  await page.getByLabel('Name').fill(owner.name);
  await page.getByLabel('Password').fill(owner.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL('**/dashboard');
  for (const [look, size] of [
    ['desktop', { width: 1280, height: 800 }],
    ['phone', { width: 390, height: 844 }],
  ] as const) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(`${server.url}/dashboard/${slug}`);
      await page.locator('[data-advice=undecodable]').waitFor();
      await keepPicture(page, `advice-${look}-${colorScheme}`);
    }
  }
  const list = page.getByRole('list', { name: 'Advice on your stream' });
  expect(await list.innerText()).toMatch(/In OBS: .*Color Format: NV12/);
  client.vanish();
  await visitor.leave();
});

test('a browser that sends what browsers send is told nothing for half a minute', async () => {
  const { slug, key } = await api.createChannel('browser');
  const visitor = await newVisitor(browser);
  await openBareClient({ visitor, siteUrl: bareSite.url }, 'publish', {
    url: `${server.url}/whip`,
    key,
    video: 'H264',
  });
  await until('the stream is live', async () => (await api.live(slug)).state === 'live');
  const startedMs = performance.now();
  while (performance.now() - startedMs < WATCHED_MS) {
    expect(await adviceOn(slug)).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  await visitor.leave();
});

test('a microphone that is muted in the browser is named within 15 s', async () => {
  const { slug, key } = await api.createChannel('muted');
  const visitor = await newVisitor(browser);
  await visitor.context.addInitScript(MUTED);
  await openBareClient({ visitor, siteUrl: bareSite.url }, 'publish', { url: `${server.url}/whip`, key });
  expect(await named(slug, 'silent_sound')).toMatchObject({ studio: expect.stringContaining('muted') });
  await visitor.leave();
});

test('a line that is too thin for the bitrate is named, with a bitrate that it carries', async () => {
  const media = await makeMedia({ ...SMALL, bitrateKbps: 1000, encoder: ['-x264-params', 'nal-hrd=cbr'] });
  const up = { rateBps: 700_000, queueBytes: 20_000 };
  const link = await UdpShaper.open({ seed: 3, serverPort: server.mediaPort, up });
  const { slug, key } = await api.createChannel('thin');
  const client = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media, link });
  const { text } = await named(slug, 'over_link');
  const [sent = 0, arrived = 0, advised = 0] = text.match(/\d+\.\d/g)?.map(Number) ?? [];
  expect(sent, text).toBeGreaterThan(arrived);
  expect(advised, text).toBeLessThan(0.7);
  client.vanish();
  link.close();
});
