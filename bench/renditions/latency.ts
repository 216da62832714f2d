import { createRequire } from 'node:module';
import { Api } from '../../tests/support/api.ts';
import { Server } from '../../tests/support/server.ts';
import { until } from '../../tests/support/until.ts';
import { inPage, withChromium } from '../chromium/chromium.ts';
import { type Spread, spreadOf } from '../measure/statistics.ts';

const SHAKA = createRequire(import.meta.url).resolve('shaka-player/dist/shaka-player.dash.js');
/** The clock has 360 lines, so its ladder is this one rung. */
const LAYER = { rid: '240p', height: 240 };
const SKIPPED = 60;
const LADDER_MS = 60_000;

/** How old pictures are when Chromium shows them, in ms, and what the server tells of its layer. */
export interface Latency {
  readonly source: Spread;
  readonly layer: Spread;
  readonly layerToldMs: number;
  readonly dash: Spread;
}

interface Watched {
  readonly ages: readonly number[];
}

/** A clock that one page draws and publishes, as others see it: the stream itself, a layer made of it, and live DASH. */
export async function latency({ pictures }: { pictures: number }): Promise<Latency> {
  const server = await Server.start({ env: { TRANSCODERS: '1' } });
  try {
    const api = await Api.setUp(server);
    const { slug, key } = await api.createChannel('clock');
    await api.patch(`/channels/${slug}`, { isAdaptive: true });
    const manifest = `${server.url}/media/live/${slug}/manifest.mpd`;
    return await withChromium(async (openPage) => {
      const publisher = await openPage();
      await inPage(publisher, 'publishClock', { url: `${server.url}/whip`, key });
      await until('the clock is live', async () => (await api.live(slug)).state === 'live');
      await until('its ladder is made', async () => (await fetch(manifest)).ok, { timeoutMs: LADDER_MS, everyMs: 500 });
      const told = () => layerDelay(api, slug);
      await until('its layer is there', async () => (await told()) !== undefined, { timeoutMs: LADDER_MS });
      // Pages behind others are shown no pictures: each watches as the foremost.
      const viewer = await openPage();
      const watch = { url: `${server.url}/whep/${slug}`, skip: SKIPPED, pictures };
      const source = await inPage<Watched>(viewer, 'watchClock', { ...watch, rid: await sourceOf(api, slug) });
      const layer = await inPage<Watched>(viewer, 'watchClock', { ...watch, ...LAYER });
      const layerToldMs = (await told()) ?? 0;
      const player = await openPage();
      await player.addScriptTag({ path: SHAKA });
      const dash = await inPage<Watched>(player, 'watchDashClock', { url: manifest, skip: SKIPPED, pictures });
      return {
        source: spreadOf(source.ages),
        layer: spreadOf(layer.ages),
        layerToldMs,
        dash: spreadOf(dash.ages),
      };
    });
  } finally {
    await server.stop();
  }
}

interface ToldLayer {
  readonly rid: string;
  readonly isRendition: boolean;
  readonly delayMs?: number;
}

async function layersOf(api: Api, slug: string): Promise<readonly ToldLayer[]> {
  const live = await api.get<{ stream: { layers: readonly ToldLayer[] } | null }>(`/channels/${slug}/live`);
  return live.stream?.layers ?? [];
}

async function layerDelay(api: Api, slug: string): Promise<number | undefined> {
  return (await layersOf(api, slug)).find(({ isRendition }) => isRendition)?.delayMs;
}

async function sourceOf(api: Api, slug: string): Promise<string> {
  const source = (await layersOf(api, slug)).find(({ isRendition }) => !isRendition);
  if (!source) throw new Error('the stream has no layer of its own');
  return source.rid;
}
