import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '../../tests/support/lossy-link.ts';
import { makeMedia } from '../../tests/support/media-file.ts';
import { type Sight, watchFor } from '../../tests/support/shaped-page.ts';
import { until } from '../../tests/support/until.ts';
import type { Venue } from './venue.ts';

const WIDE_BPS = 5_000_000;
const THIN_BPS = 500_000;
/** One way. */
const DELAY_MS = 25;
const QUEUES_KB = [64, 256];
const GROUP_SECONDS = 2;
const THIN_MS = 20_000;
const BACK_MS = 14_000;
const SHAPES = [
  { width: 1280, height: 720, bitrateKbps: 3000 },
  { width: 640, height: 360, bitrateKbps: 800 },
  { width: 320, height: 180, bitrateKbps: 250 },
];
const BEST = 720;
const FITTING = 180;

/** What is seen of three layers over a link that falls and comes back, for each seed of when that happens. */
export async function measureFall(venue: Venue, seeds: readonly number[]): Promise<string[]> {
  const layers = await Promise.all(
    SHAPES.map((shape) => makeMedia({ ...shape, seconds: 10, groupSeconds: GROUP_SECONDS })),
  );
  const rows: string[] = [];
  for (const hearsRequests of [false, true]) {
    const { slug, stop } = await venue.publish(layers, { hearsRequests });
    for (const queueKb of QUEUES_KB) {
      for (const seed of seeds) {
        const row = await watchFall(venue, slug, { queueBytes: queueKb * 1024, seed });
        rows.push(`| ${[hearsRequests ? 'on request' : 'each 2 s', queueKb, seed, ...row].join(' | ')} |`);
        console.log(rows.at(-1));
      }
    }
    stop();
  }
  return [
    '| keyframes | queue, KB | seed | fitting layer after, ms | longest freeze, ms | frozen after 3 s, % | best layer after, ms | frozen after that, % |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ];
}

async function watchFall(
  venue: Venue,
  slug: string,
  { queueBytes, seed }: { queueBytes: number; seed: number },
): Promise<readonly string[]> {
  const wide = { rateBps: WIDE_BPS, delayMs: DELAY_MS, queueBytes };
  const { page, link, close } = await venue.watch(slug, seed, { down: wide, up: { delayMs: DELAY_MS } });
  const isBest = () => page.evaluate<boolean>(`document.querySelector('video').videoHeight === ${BEST}`);
  await until('the best layer is seen', isBest);
  await watchFor(page, 4000);
  await pause(seededRandom(seed)() * GROUP_SECONDS * 1000);
  link.change({ down: { ...wide, rateBps: THIN_BPS } });
  const fall = await watchFor(page, 3000);
  const settled = await watchFor(page, THIN_MS - 3000);
  link.change({ down: wide });
  const back = await watchFor(page, BACK_MS - 3000);
  const best = await watchFor(page, 3000);
  await close();
  return [
    whenSeen(fall, FITTING),
    Math.max(fall.longestFreezeMs, settled.longestFreezeMs).toFixed(0),
    percent(settled),
    whenSeen(back, BEST),
    percent(best),
  ];
}

/** From then on for good. */
function whenSeen({ sizes }: Sight, height: number): string {
  const last = sizes.at(-1);
  return last?.height === height ? last.afterMs.toFixed(0) : `${last?.height} lines`;
}

function percent({ frozenShare }: Sight): string {
  return (frozenShare * 100).toFixed(2);
}
