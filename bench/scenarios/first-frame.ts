import { setTimeout as pause } from 'node:timers/promises';
import { Api } from '../../tests/support/api.ts';
import { makeMedia } from '../../tests/support/media-file.ts';
import { ObsClient } from '../../tests/support/obs-client.ts';
import { Server } from '../../tests/support/server.ts';
import { inPage, withChromium } from '../chromium/chromium.ts';
import { spreadOf } from '../measure/statistics.ts';
import type { Row } from '../report.ts';

const BUDGET = { p50: 25, p95: 60 };
// Not a divisor of the group's length, so that joins come at every age of a group.
const PAUSE_MS = 370;
const WARM_UP = 3;

interface Join {
  readonly answered: number;
  readonly connected: number;
  readonly decoded: number;
  readonly presented: number;
}

/** From the WHEP POST to the first decoded frame in Chromium, of an encoder that ignores keyframe requests. */
export async function firstFrame({ isQuick }: { isQuick: boolean }): Promise<Row[]> {
  const count = isQuick ? 20 : 60;
  const server = await Server.start();
  try {
    const { slug, key } = await (await Api.setUp(server)).createChannel('bench');
    const media = await makeMedia({ width: 1280, height: 720, groupSeconds: 2, bitrateKbps: 2500 });
    const encoder = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
    const joins = await withChromium(async (openPage) => {
      const page = await openPage();
      const done: Join[] = [];
      for (let index = 0; index < count + WARM_UP; index += 1) {
        done.push(await inPage<Join>(page, 'join', { url: `${server.url}/whep/${slug}` }));
        await pause(PAUSE_MS);
      }
      return done.slice(WARM_UP);
    });
    await encoder.stop();
    return [rowOf(joins)];
  } finally {
    await server.stop();
  }
}

function rowOf(joins: readonly Join[]): Row {
  const decoded = spreadOf(joins.map((join) => join.decoded));
  const steps = (['answered', 'connected', 'decoded', 'presented'] as const).map((step) => {
    const { min, p50, p95, max } = spreadOf(joins.map((join) => join[step]));
    return `${step} ${[min, p50, p95, max].map((ms) => ms.toFixed(0)).join('/')}`;
  });
  return {
    what: 'WHEP POST to first decoded frame in Chromium, loopback',
    budget: `p50 <= ${BUDGET.p50} ms, p95 <= ${BUDGET.p95} ms`,
    measured: `**p50 ${decoded.p50.toFixed(1)}, p95 ${decoded.p95.toFixed(1)} ms**`,
    isMet: decoded.p50 <= BUDGET.p50 && decoded.p95 <= BUDGET.p95,
    notes: `${joins.length} joins, 720p30 2.5 Mbit/s H264 by libdatachannel with 2 s groups, deaf to PLI; min/p50/p95/max ms: ${steps.join(', ')}`,
  };
}
