import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { afterTest } from '../support/after-test.ts';
import { Api } from '../support/api.ts';
import { openBalancer } from '../support/balancer.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import type { EncoderProcess } from '../support/encoder-process.ts';
import { publishWithFfmpeg } from '../support/ffmpeg-client.ts';
import { type GstreamerCodec, publishWithGstreamer } from '../support/gstreamer-client.ts';
import { makeFile } from '../support/media-file.ts';
import { Server } from '../support/server.ts';
import { ffmpegWhip, isInstalled, isSkipped, whipClient } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesCodec } from '../support/watching.ts';

const folder = mkdtempSync(join(tmpdir(), 'freshet-encoders-'));
const file = join(folder, 'film.mkv');

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let visitor: Visitor;

beforeAll(async () => {
  [server, bareSite, browser] = await Promise.all([
    Server.start(),
    openBareSite(),
    openBrowser(),
    makeFile(file, { seconds: 20 }),
  ]);
  [api, visitor] = await Promise.all([Api.setUp(server), newVisitor(browser)]);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

async function isLive(slug: string, encoder: EncoderProcess): Promise<void> {
  await until(`${slug} is live`, async () => (await api.live(slug)).state === 'live').catch((cause) => {
    throw new Error(`The encoder said:\n${encoder.output}`, { cause });
  });
}

async function watch(slug: string, encoder: EncoderProcess): Promise<Page> {
  await isLive(slug, encoder);
  return openBareClient({ visitor, siteUrl: bareSite.url }, 'play', { url: `${server.url}/whep/${slug}` });
}

/** Without a DELETE the channel would be `reconnecting` for half a minute. */
async function endsByItself(encoder: EncoderProcess, slug: string): Promise<void> {
  expect(await encoder.stop(), encoder.output).toBe(0);
  expect((await api.live(slug)).state).toBe('offline');
}

/** From another server to this one, with its token; where it ends its stream is here too. */
async function followsRedirect(slug: string, publish: (whipUrl: string) => EncoderProcess): Promise<void> {
  const balancer = await openBalancer(`${server.url}/whip?redirected=1`);
  afterTest(() => balancer.close());
  const encoder = publish(balancer.url);
  await isLive(slug, encoder);
  await endsByItself(encoder, slug);
}

describe.skipIf(!process.env['CI'] && !isInstalled(ffmpegWhip))('FFmpeg', () => {
  test.each([
    ['as it is', ''],
    ['as the one who begins DTLS', 'dtls_active'],
  ])('is seen and heard %s, and ends its stream', async (_, flags) => {
    const { slug, key } = await api.createChannel('ffmpeg');
    const encoder = publishWithFfmpeg({ whipUrl: `${server.url}/whip`, key, file, flags });
    const viewer = await watch(slug, encoder);
    await seesCodec(viewer, 'video/H264');
    await hearsSound(viewer);
    await endsByItself(encoder, slug);
  });

  test('follows a redirect', async () => {
    const { slug, key } = await api.createChannel('ffmpeg-elsewhere');
    await followsRedirect(slug, (whipUrl) => publishWithFfmpeg({ whipUrl, key, file }));
  });
});

describe.skipIf(isSkipped(whipClient))('GStreamer', () => {
  test.each<GstreamerCodec>(['VP8', 'H264'])('is seen and heard in %s, and ends its stream', async (codec) => {
    const { slug, key } = await api.createChannel(`gstreamer-${codec.toLowerCase()}`);
    const encoder = publishWithGstreamer({ whipUrl: `${server.url}/whip`, key }, codec);
    const viewer = await watch(slug, encoder);
    await seesCodec(viewer, `video/${codec}`);
    await hearsSound(viewer);
    // It complains of a PATCH that is answered by anything but 200 or 204.
    expect(encoder.output).not.toMatch(/trickle\]|\[(WARN|ERR)\]/);
    await endsByItself(encoder, slug);
  });

  test('follows a redirect', async () => {
    const { slug, key } = await api.createChannel('gstreamer-elsewhere');
    await followsRedirect(slug, (whipUrl) => publishWithGstreamer({ whipUrl, key }, 'VP8'));
  });
});
