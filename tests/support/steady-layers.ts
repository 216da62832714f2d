import type { Api, LiveLayer } from './api.ts';
import { until } from './until.ts';

const LEAST_BPS = 50_000;
const MAX_GROWTH = 1.08;

/** What a publisher sends, the best first, once all of these heights have come up to speed and keep to it. */
export async function steadyLayers(api: Api, slug: string, heights: readonly number[]): Promise<readonly LiveLayer[]> {
  let before = 0;
  const look = async () => {
    const sent = (await api.live(slug)).stream?.layers ?? [];
    const layers = heights.flatMap((height) => sent.filter((layer) => layer.height === height));
    const total = layers.reduce((sum, { bitrateBps }) => sum + bitrateBps, 0);
    const isWhole = layers.length === heights.length && layers.every(({ bitrateBps }) => bitrateBps > LEAST_BPS);
    const isSteady = isWhole && total < before * MAX_GROWTH;
    before = total;
    return isSteady && layers;
  };
  return until('the publisher sends steadily', look, { timeoutMs: 60_000, everyMs: 1500 });
}
