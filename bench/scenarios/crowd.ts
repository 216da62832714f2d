import { describeLoss } from '../measure/kernel-drops.ts';
import { spreadOf } from '../measure/statistics.ts';
import type { Row } from '../report.ts';
import { onStage, type Stretch } from '../stage.ts';

const HALF = 500;
const FULL = 1000;
const MAX_ADDED_MS = 5;

/** A thousand viewers of one stream beside the server on the same cores: loss and delay. */
export function crowd({ isQuick }: { isQuick: boolean }): Promise<Row[]> {
  const seconds = isQuick ? 5 : 15;
  return onStage({}, async (stage) => {
    await stage.join(HALF);
    await stage.settle();
    const half = await stage.measure(seconds);
    const delays = spreadOf(await stage.load.call('delaysUs', undefined));
    await stage.join(FULL - HALF);
    await stage.settle();
    const full = await stage.measure(seconds);
    const fullDelays = spreadOf(await stage.load.call('delaysUs', undefined));
    const ms = (us: number) => (us / 1000).toFixed(2);
    return [
      {
        what: `added by the server to a packet, ${HALF} viewers`,
        budget: `p99 <= ${MAX_ADDED_MS} ms`,
        measured: `p50 ${ms(delays.p50)}, p95 ${ms(delays.p95)}, **p99 ${ms(delays.p99)}**, max ${ms(delays.max)} ms`,
        isMet: delays.p99 / 1000 <= MAX_ADDED_MS,
        notes: `from the publisher's sealing to the viewer's socket (kernel stamps), ${delays.count} packets of ${Math.ceil(HALF / 20)} viewers; ${lossOf(half)}`,
      },
      {
        what: 'viewers of one 2.5 Mbit/s 30 fps stream on 2 cores, no packet dropped',
        budget: `>= ${FULL}`,
        measured: `${full.counts.viewers} viewers, **${full.counts.lost} of ${full.counts.packets + full.counts.lost} packets lost**`,
        isMet: full.counts.lost === 0 && full.counts.starved === 0 && full.counts.viewers >= FULL,
        notes: `${lossOf(full)}; added p50 ${ms(fullDelays.p50)}, p99 ${ms(fullDelays.p99)} ms`,
      },
    ];
  });
}

function lossOf({ counts, server, load, published, drops }: Stretch): string {
  const share = (cpu: number) => `${((cpu / server.seconds) * 100).toFixed(0)} %`;
  const bits = ((counts.bytes * 8) / server.seconds / 1e6).toFixed(0);
  return (
    `${published} packets published, ${bits} Mbit/s out, ${counts.lost} lost${describeLoss(counts.lost, drops)}, ${counts.duplicates} twice, ` +
    `${counts.reordered} late, ${counts.opened} opened, ${counts.refused} not authentic; ` +
    `server ${share(server.cpu)} of a core, viewers' process ${share(load.cpu)}`
  );
}
