import type { Api } from './api.ts';
import { until } from './until.ts';

const LEAST_BPS = 50_000;
const MAX_GROWTH = 1.08;

/** The bitrates of what a publisher sends in these heights, once all have come up to speed and keep to it. */
export async function steadyLayers(api: Api, slug: string, heights: readonly number[]): Promise<readonly number[]> {
  let before = 0;
  const look = async () => {
    const sent = (await api.live(slug)).stream?.layers ?? [];
    const bitrates = heights.map((height) => sent.find((layer) => layer.height === height)?.bitrateBps ?? 0);
    const total = bitrates.reduce((sum, bitrateBps) => sum + bitrateBps, 0);
    const isSteady = bitrates.every((bitrateBps) => bitrateBps > LEAST_BPS) && total < before * MAX_GROWTH;
    before = total;
    return isSteady && bitrates;
  };
  return until('the publisher sends steadily', look, { timeoutMs: 60_000, everyMs: 1500 });
}
