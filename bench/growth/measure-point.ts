import { spreadOf } from '../measure/statistics.ts';
import type { Stage, Stretch } from '../stage.ts';
import type { Point } from './growth.ts';

export interface Lengths {
  readonly stretches: number;
  /** Of each. */
  readonly seconds: number;
}

/** What the load that is on stage costs, once everybody is live. */
export async function measurePoint(stage: Stage, size: number, { stretches, seconds }: Lengths): Promise<Point> {
  await stage.settle();
  const measured: Stretch[] = [];
  const delaysUs: Float64Array[] = [];
  for (let index = 0; index < stretches; index += 1) {
    measured.push(await stage.measure(seconds));
    delaysUs.push(await stage.load.call('delaysUs', undefined));
  }
  const { residentBytes } = stage.usage();
  const delay = spreadOf(delaysUs.flatMap((some) => [...some]));
  const sum = (read: (stretch: Stretch) => number) => measured.reduce((total, stretch) => total + read(stretch), 0);
  const packets = sum(({ counts }) => counts.packets);
  const cpu = sum(({ server }) => server.cpu);
  const time = sum(({ server }) => server.seconds);
  return {
    size,
    cpuUs: measured.map(({ server, counts }) => (server.cpu * 1e6) / counts.packets),
    kernelShare: sum(({ server }) => server.kernelCpu) / cpu,
    serverShare: cpu / time,
    busiestShare: sum(({ server }) => server.threads[0]?.cpu ?? 0) / time,
    residentBytes,
    packetsPerSecond: packets / time,
    loadUs: (sum(({ load }) => load.cpu) * 1e6) / packets,
    delayMs: { p50: delay.p50 / 1000, p99: delay.p99 / 1000 },
    lost: sum(({ counts }) => counts.lost),
    delivered: packets / sum(({ due }) => due),
  };
}
