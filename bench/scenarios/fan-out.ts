import type { SendMode } from '../../src/native/send-mode.ts';
import type { Profile } from '../load/viewer-pool.ts';
import { describeLoss } from '../measure/kernel-drops.ts';
import { medianOf, numbers, type Row } from '../report.ts';
import { onStage, type Stretch } from '../stage.ts';

const VIEWERS = 200;
const BUDGET = 2;

interface Variant {
  readonly name: string;
  readonly send: SendMode;
  readonly profile: Profile;
  readonly hasGro?: boolean;
  readonly hasAudio?: boolean;
  readonly hasBudget?: boolean;
}

const VARIANTS: readonly Variant[] = [
  { name: 'GCM, GSO', send: 'gso', profile: 'gcm', hasBudget: true },
  { name: 'GCM, GSO, a stream without sound', send: 'gso', profile: 'gcm', hasAudio: false },
  { name: 'GCM, GSO, receivers with GRO', send: 'gso', profile: 'gcm', hasGro: true },
  { name: 'CM_HMAC_SHA1_80, GSO', send: 'gso', profile: 'cm' },
  { name: 'GCM, sendmmsg without GSO', send: 'sendmmsg', profile: 'gcm' },
  { name: 'GCM, dgram', send: 'dgram', profile: 'gcm' },
];

// Whole groups of pictures, whose keyframes are dearer than the rest.
const SECONDS = 6;
const QUICK_SECONDS = 4;

/** CPU time of the whole server per packet and viewer, in each way of sending. */
export async function fanOut({ isQuick }: { isQuick: boolean }): Promise<Row[]> {
  const rows: Row[] = [];
  for (const variant of isQuick ? VARIANTS.slice(0, 1) : VARIANTS) {
    const runs = variant.hasBudget && !isQuick ? 5 : 3;
    const seconds = variant.hasBudget && !isQuick ? SECONDS : QUICK_SECONDS;
    rows.push(...(await measureVariant(variant, { runs, seconds })));
  }
  return rows;
}

function measureVariant(variant: Variant, { runs, seconds }: { runs: number; seconds: number }): Promise<Row[]> {
  return onStage({ ...variant, isApart: true }, async (stage) => {
    const idle = await stage.measure(QUICK_SECONDS);
    const idleShare = mediaCpu(idle) / idle.server.seconds;
    await stage.join(VIEWERS);
    await stage.settle();
    const stretches: Stretch[] = [];
    for (let run = 0; run < runs; run += 1) stretches.push(await stage.measure(seconds));
    const whole = stretches.map((stretch) => (stretch.server.cpu * 1e6) / stretch.counts.packets);
    const egress = stretches.map(
      (stretch) => ((mediaCpu(stretch) - idleShare * stretch.server.seconds) * 1e6) / stretch.counts.packets,
    );
    return [
      {
        what: `fan-out, us CPU per packet and viewer, N=${VIEWERS}, whole server (${variant.name})`,
        budget: variant.hasBudget ? `<= ${BUDGET.toFixed(1)}` : '',
        measured: numbers(whole),
        ...(variant.hasBudget && { isMet: medianOf(whole) <= BUDGET }),
        notes: notesOf(stretches),
      },
      {
        what: `of that, for viewers (${variant.name})`,
        budget: '',
        measured: numbers(egress),
        notes: `the media thread less its ${(idleShare * 100).toFixed(1)} % of a core without viewers`,
      },
    ];
  });
}

// The busiest thread is the media thread.
function mediaCpu({ server }: Stretch): number {
  return server.threads[0]?.cpu ?? 0;
}

function notesOf(stretches: readonly Stretch[]): string {
  const sum = (read: (stretch: Stretch) => number) => stretches.reduce((total, stretch) => total + read(stretch), 0);
  const packets = sum(({ counts }) => counts.packets);
  const lost = sum(({ counts }) => counts.lost);
  const drops = {
    backlog: sum((stretch) => stretch.drops.backlog),
    receiveBuffers: sum((stretch) => stretch.drops.receiveBuffers),
    sendBuffers: sum((stretch) => stretch.drops.sendBuffers),
  };
  const load = (sum(({ load }) => load.cpu) * 1e6) / packets;
  const softirq = (sum((stretch) => stretch.softirq) * 1e6) / packets;
  return `server on one core, publisher and viewers on the other; ${packets} packets, ${lost} lost${describeLoss(lost, drops)}; viewers' process ${load.toFixed(2)} us, ksoftirqd ${softirq.toFixed(2)} us per packet`;
}
