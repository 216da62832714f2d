import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import type { EncoderProcess } from '../support/encoder-process.ts';
import { publishWithFfmpeg } from '../support/ffmpeg-client.ts';
import { type GstreamerCodec, publishWithGstreamer } from '../support/gstreamer-client.ts';
import { makeFile } from '../support/media-file.ts';
import { Server } from '../support/server.ts';
import { hasFfmpegWhip, isSkipped, whipClient } from '../support/tools.ts';
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

async function watch(slug: string, encoder: EncoderProcess): Promise<Page> {
  const isLive = async () => (await api.live(slug)).state === 'live';
  await until(`${slug} is live`, isLive).catch((cause) => {
    throw new Error(`The encoder said:\n${encoder.output}`, { cause });
  });
  return openBareClient({ visitor, siteUrl: bareSite.url }, 'play', { url: `${server.url}/whep/${slug}` });
}

/** Without a DELETE the channel would be `reconnecting` for half a minute. */
async function endsByItself(encoder: EncoderProcess, slug: string): Promise<void> {
  expect(await encoder.stop(), encoder.output).toBe(0);
  expect((await api.live(slug)).state).toBe('offline');
}

describe.skipIf(!process.env['CI'] && !hasFfmpegWhip())('FFmpeg', () => {
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
});
