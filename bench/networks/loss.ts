import { makeMedia } from '../../tests/support/media-file.ts';
import { type Sight, watchFor } from '../../tests/support/shaped-page.ts';
import type { Venue } from './venue.ts';

const LOSS = 0.05;
const WATCHED_MS = 60_000;
/** One way. */
const DELAYS_MS = [25, 50];

/** What is seen of 2.5 Mbit/s of 720 lines over links that lose packets, for each seed of chance. */
export async function measureLoss(venue: Venue, seeds: readonly number[]): Promise<string[]> {
  const media = await makeMedia({ width: 1280, height: 720, bitrateKbps: 2500, seconds: 10, groupSeconds: 2 });
  const { slug, stop } = await venue.publish([media], { hearsRequests: false });
  const rows: string[] = [];
  for (const delayMs of DELAYS_MS) {
    for (const seed of seeds) {
      const way = { loss: LOSS, delayMs };
      const viewing = await venue.watch(slug, seed, { up: way, down: way });
      const sight = await watchFor(viewing.page, WATCHED_MS);
      await viewing.close();
      rows.push(rowOf(2 * delayMs, seed, sight));
      console.log(rows.at(-1));
    }
  }
  stop();
  return [
    '| round trip, ms | seed | frozen, % | by the browser, % | longest freeze, ms | keyframes asked for | buffer, ms |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ];
}

function rowOf(roundTripMs: number, seed: number, sight: Sight): string {
  const shares = [sight.frozenShare, sight.countedFrozenShare].map((share) => (share * 100).toFixed(2));
  const figures = [sight.longestFreezeMs, sight.keyframesAsked, sight.bufferMs].map((figure) => figure.toFixed(0));
  return `| ${[roundTripMs, seed, ...shares, ...figures].join(' | ')} |`;
}
