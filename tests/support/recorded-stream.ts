import type { Browser } from 'playwright-core';
import type { Api } from './api.ts';
import { openBareSite } from './bare-site.ts';
import { newVisitor } from './browser.ts';
import type { EncodedMedia } from './media-file.ts';
import { ObsClient } from './obs-client.ts';
import type { Server } from './server.ts';
import { until } from './until.ts';

interface Recording {
  readonly id: string;
  readonly state: string;
  readonly durationMs: number;
  readonly parts: readonly { readonly url: string; readonly videoCodec: string; readonly startedAt: string }[];
}

const ENOUGH_MS = 6000;
const SOME_BYTES = 50_000;

/** A stream that was sent as VP8 first and then as H.264, and is kept in two files. */
export async function recordStream(
  name: string,
  { server, api, browser, media }: { server: Server; api: Api; browser: Browser; media: EncodedMedia },
): Promise<{ slug: string; recording: Recording }> {
  const { slug, key } = await api.createChannel(name);
  await api.patch(`/channels/${slug}`, { isRecorded: true });
  const latest = async () => (await api.get<{ items: readonly Recording[] }>(`/channels/${slug}/recordings`)).items[0];
  const isWritten = (part: number) =>
    until(
      `part ${part} has something to see`,
      async () => {
        const { url, startedAt } = (await latest())?.parts[part] ?? {};
        if (url === undefined || Date.now() - Date.parse(startedAt ?? '') < ENOUGH_MS) return false;
        return (await (await fetch(server.url + url)).arrayBuffer()).byteLength > SOME_BYTES;
      },
      { timeoutMs: 30_000, everyMs: 250 },
    );

  const bareSite = await openBareSite();
  const visitor = await newVisitor(browser);
  const page = await visitor.context.newPage();
  await page.goto(bareSite.url);
  await page.waitForFunction('globalThis.client');
  await page.evaluate(`client.publish(${JSON.stringify({ url: `${server.url}/whip`, key, video: 'VP8' })})`);
  await isWritten(0);
  // The same key: it takes the stream over.
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  await isWritten(1);
  await obs.stop();
  await visitor.leave();
  bareSite.close();
  const recording = await until('the recording is ready', async () => {
    const now = await latest();
    return now?.state === 'ready' && now;
  });
  return { slug, recording };
}
