import { Api } from '../../tests/support/api.ts';
import { Server } from '../../tests/support/server.ts';
import { until } from '../../tests/support/until.ts';
import { inPage, withChromium } from '../chromium/chromium.ts';
import { spreadOf } from '../measure/statistics.ts';
import type { Row } from '../report.ts';

const BUDGET = { p50: 40, p95: 60 };
const SKIPPED = 60;

/** From drawing a picture in one page to having it in another, through WHIP, the server and WHEP. */
export async function glass({ isQuick }: { isQuick: boolean }): Promise<Row[]> {
  const server = await Server.start();
  try {
    const api = await Api.setUp(server);
    const { slug, key } = await api.createChannel('bench');
    const { ages, roundTrip, difference } = await withChromium(async (openPage) => {
      const [publisher, viewer] = [await openPage(), await openPage()];
      await inPage(publisher, 'publishClock', { url: `${server.url}/whip`, key });
      await until('the clock is live', async () => (await api.live(slug)).state === 'live');
      return inPage<{ ages: number[]; roundTrip: number; difference: number }>(viewer, 'watchClock', {
        url: `${server.url}/whep/${slug}`,
        skip: SKIPPED,
        pictures: isQuick ? 200 : 600,
      });
    });
    const { min, p50, p95, max, count } = spreadOf(ages);
    return [
      {
        what: 'glass to glass in Chromium, loopback, 640x360 at 30 fps',
        budget: `p50 <= ${BUDGET.p50} ms, p95 <= ${BUDGET.p95} ms`,
        measured: `min ${min}, **p50 ${p50}, p95 ${p95}**, max ${max} ms`,
        isMet: p50 <= BUDGET.p50 && p95 <= BUDGET.p95,
        notes: `${count} pictures of a clock drawn on a canvas, from drawing to the other page's frame callback; the browser's default codec and jitter buffer; clocks of the pages compared to within ${(roundTrip / 2).toFixed(1)} ms (they differ by ${difference.toFixed(1)})`,
      },
    ];
  } finally {
    await server.stop();
  }
}
